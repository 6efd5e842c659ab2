import 'reflect-metadata';
import { SETTINGS } from './capabilities.js';
import { createRequire } from 'node:module';
import { environment } from './config/environment.js';
import { loadSettings } from './config/load-settings.js';

// Loaded in one go rather than by `import`, which puts a wait between each two of some three thousand modules: a quarter of the time.
const { explainFailure, startServer, stopOnSignals } = createRequire(import.meta.url)('./server.js') as typeof import('./server.js');

try {
  const settings = loadSettings(SETTINGS, environment());
  stopOnSignals(await startServer(settings));
} catch (error) {
  console.error(explainFailure(error));
  process.exit(1);
}
