import { existsSync } from 'node:fs';
import type { Environment } from './load-settings.js';

/** The process's environment, completed by a file `.env` in the working directory if there is one. What is set wins. */
export function environment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}
