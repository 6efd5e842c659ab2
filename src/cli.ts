#!/usr/bin/env node
import 'reflect-metadata';
import { SETTINGS } from './capabilities.js';
import { runCommand } from './cli/commands.js';
import { complain, print } from './cli/output.js';
import { environment } from './config/environment.js';
import type { Environment } from './config/load-settings.js';

/** Commands about the installation itself; others would repeat what a server says at its start. */
const TELLS_REMARKS: readonly unknown[] = ['config', 'doctor'];

const args = process.argv.slice(2);
try {
  process.exitCode = await runCommand(args, readEnvironment);
} catch (error) {
  const { explainFailure } = await import('./server.js');
  const line = explainFailure(error);
  if (args.includes('--json')) print(JSON.stringify({ error: line }));
  else complain(line);
  process.exitCode = 1;
}

function readEnvironment(): Environment {
  const { env, remarks } = environment(SETTINGS);
  if (TELLS_REMARKS.includes(args[0])) for (const remark of remarks) complain(remark);
  return env;
}
