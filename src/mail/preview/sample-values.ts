import type { TextValues } from '../../languages/texts.js';
import { lifetimeInWords } from '../lifetime.js';
import { momentInWords } from '../moment.js';

const DAY_MS = 86_400_000;
const MOMENT = new Date('2026-03-02T09:30:00Z');

/**
 * Invented values for the placeholders of texts that are in no mail and in no text message: on pages, and in failures.
 * @param locale in whose words spans and times are
 */
export function sampleValues(locale: string): TextValues {
  return {
    username: 'ada',
    program: 'Firefox',
    system: 'Linux',
    title: '…',
    told: '…',
    moment: momentInWords(MOMENT, locale),
    wait: lifetimeInWords(DAY_MS, locale),
    digits: 6,
    max: 64,
    megapixels: 40,
    min: 15,
    minPasswordLength: 15,
  };
}
