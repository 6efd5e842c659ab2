#!/usr/bin/env node
import 'reflect-metadata';
import { runCommand } from './cli/commands.js';
import { environment } from './config/environment.js';

const args = process.argv.slice(2);
try {
  process.exitCode = await runCommand(args, environment());
} catch (error) {
  const { explainFailure } = await import('./server.js');
  const line = explainFailure(error);
  if (args.includes('--json')) console.log(JSON.stringify({ error: line }));
  else console.error(line);
  process.exitCode = 1;
}
