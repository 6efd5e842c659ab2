import 'reflect-metadata';
import { environment } from './config/environment.js';
import { loadSettings } from './config/load-settings.js';
import { explainFailure, startServer, stopOnSignals } from './server.js';

try {
  const settings = loadSettings(environment());
  stopOnSignals(await startServer(settings));
} catch (error) {
  console.error(explainFailure(error));
  process.exit(1);
}
