import { createRequire } from 'node:module';
import { Injectable } from '@nestjs/common';
import type { NumberType } from 'libphonenumber-js/max';
import { Settings } from '../config/settings.js';

type Library = typeof import('libphonenumber-js/max');

/** Numbers that cost their caller more, or are nobody's phone. Fraud with text messages earns by the former. */
const REFUSED: ReadonlySet<NumberType> = new Set<NumberType>([
  'PREMIUM_RATE',
  'SHARED_COST',
  'UAN',
  'VOICEMAIL',
  'PAGER',
  'PERSONAL_NUMBER',
  'TOLL_FREE',
]);

/** How many digits at the end vary within one range of numbers. Source: providers give out ranges of thousands. */
const RANGE_DIGITS = 3;

/** Where text messages may go. */
@Injectable()
export class TextDestinations {
  /** What is known of the types of numbers is large, and needed by servers that send text messages alone. */
  private library: Library | undefined;

  constructor(private readonly settings: Settings) {}

  /** Whether a number (E.164) may be texted: not one that costs more than a text message, and only in `SMS_COUNTRIES`. */
  isAllowed(number: string): boolean {
    const parsed = this.numbers.parsePhoneNumberFromString(number);
    if (parsed === undefined) return false;
    const type = parsed.getType();
    if (type !== undefined && REFUSED.has(type)) return false;
    const { SMS_COUNTRIES } = this.settings;
    return SMS_COUNTRIES.length === 0 || (parsed.country !== undefined && SMS_COUNTRIES.includes(parsed.country));
  }

  /** The country of a number, for limits; its calling code where several countries share it. */
  countryOf(number: string): string {
    const parsed = this.numbers.parsePhoneNumberFromString(number);
    return parsed?.country ?? `+${parsed?.countryCallingCode ?? ''}`;
  }

  /** The range of a number, for limits: pumping asks for text messages to one number after the other. */
  rangeOf(number: string): string {
    return number.slice(0, -RANGE_DIGITS);
  }

  private get numbers(): Library {
    return (this.library ??= createRequire(import.meta.url)('libphonenumber-js/max') as Library);
  }
}
