import 'reflect-metadata';
import { runCommand } from './cli/commands.js';
import { environment } from './config/environment.js';

try {
  process.exitCode = await runCommand(process.argv.slice(2), environment());
} catch (error) {
  const { explainFailure } = await import('./server.js');
  console.error(explainFailure(error));
  process.exitCode = 1;
}
