import 'reflect-metadata';
import { SETTINGS } from './capabilities.js';
import { createRequire } from 'node:module';
import { escapeControlsOfLines } from './common/text.js';
import { environment } from './config/environment.js';
import { harmfulSettings, tooFewFiles } from './config/harm.js';
import { loadSettings } from './config/load-settings.js';
import { connectionsOf } from './database/capacity.js';

// Loaded in one go rather than by `import`, which puts a wait between each two of some three thousand modules: a quarter of the time.
const { explainFailure, startServer, stopOnSignals } = createRequire(import.meta.url)('./server.js') as typeof import('./server.js');

const signals = stopOnSignals();
try {
  const { env, remarks } = environment(SETTINGS);
  const tell = (remark: string): void => console.error(escapeControlsOfLines(`Latchkey: ${remark}`));
  remarks.forEach(tell);
  const settings = loadSettings(SETTINGS, env);
  const harm = [...harmfulSettings(SETTINGS, settings), ...tooFewFiles(connectionsOf(settings))];
  for (const { finding, advice } of harm) tell(`${finding}: ${advice}`);
  signals.started(await startServer(settings, signals.asked));
} catch (error) {
  // It stopped as it was told to, before it had started.
  if (signals.asked.aborted) process.exit(0);
  console.error(explainFailure(error));
  process.exit(1);
}
