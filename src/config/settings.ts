import type { SettingValues } from '../common/declared.js';

/** The validated settings, each under its own environment name. Injectable: `constructor(private readonly settings: Settings)`. */
// eslint-disable-next-line no-unsafe-declaration-merging -- the class is the injection token of the interface
export interface Settings extends SettingValues {}
export abstract class Settings {}
