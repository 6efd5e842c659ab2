import 'reflect-metadata';
import { COMMANDS, usage } from './cli/commands.js';
import { environment } from './config/environment.js';
import { explainFailure } from './server.js';

const [name = '--help', ...args] = process.argv.slice(2);
const command = COMMANDS[name];
if (command === undefined) {
  const asked = name === '--help' || name === 'help';
  (asked ? console.log : console.error)(usage());
  process.exitCode = asked ? 0 : 2;
} else {
  try {
    process.exitCode = await command.run(args, environment());
  } catch (error) {
    console.error(explainFailure(error));
    process.exitCode = 1;
  }
}
