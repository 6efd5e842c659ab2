import { existsSync } from 'node:fs';
import type { Environment } from './load-settings.js';

/**
 * The environment of the process, completed by a file `.env` in the working directory if it exists. Variables that are already set take
 * precedence.
 */
export function environment(): Environment {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}
