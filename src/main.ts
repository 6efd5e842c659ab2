import 'reflect-metadata';
import { environment } from './config/environment.js';
import { loadSettings } from './config/load-settings.js';
import { explainFailure, startServer } from './server.js';

try {
  const server = await startServer(loadSettings(environment()));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(explainFailure(error));
          process.exit(1);
        },
      );
    });
  }
} catch (error) {
  console.error(explainFailure(error));
  process.exit(1);
}
