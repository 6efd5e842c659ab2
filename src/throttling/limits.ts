import { Injectable } from '@nestjs/common';
import { Catalogue } from '../common/catalogue.js';
import type { LimitName } from '../common/declared.js';
import { Settings } from '../config/settings.js';

/** At most `points` within `seconds`. */
export interface Limit {
  points: number;
  seconds: number;
}

/** The limits in force. */
@Injectable()
export class Limits {
  constructor(
    private readonly settings: Settings,
    private readonly catalogue: Catalogue,
  ) {}

  of(name: LimitName): Limit {
    return this.settings[this.catalogue.limits[name]];
  }
}
