import { SETTINGS } from '../capabilities.js';
import { type Environment, isGiven, isProduction, loadSettings } from '../config/load-settings.js';
import type { Settings } from '../config/settings.js';

/** Placeholder for the secret of a development machine, which its first start generates. */
export const NOT_MADE = 'made at the first start';

/** The settings for a command that needs no secret: one that development still has to make is not missed. @throws SettingsError */
export function settingsWithoutSecret(env: Environment): Settings {
  const makesSecret = !isProduction(env) && !isGiven(env, 'APP_SECRET');
  return loadSettings(SETTINGS, makesSecret ? { ...env, APP_SECRET: NOT_MADE } : env);
}
