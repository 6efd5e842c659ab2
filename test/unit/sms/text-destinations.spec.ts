import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/config/settings.js';
import { TextDestinations } from '../../../src/sms/text-destinations.service.js';

const destinations = (...SMS_COUNTRIES: string[]): TextDestinations => new TextDestinations({ SMS_COUNTRIES } as unknown as Settings);

describe('where text messages go', () => {
  it.each(['+12025550147', '+4915112345678', '+447400123456', '+33612345678'])('to %s', (number) => {
    expect(destinations().isAllowed(number)).toBe(true);
  });

  it.each([
    ['a premium rate', '+19002530000'],
    ['a premium rate', '+449012345678'],
    ['shared costs', '+49180512345'],
    ['a personal number', '+447012345678'],
    ['no number', '+0'],
  ])('never to one of %s', (_, number) => {
    expect(destinations().isAllowed(number)).toBe(false);
  });

  it('only to the countries of the list, also where they share a calling code', () => {
    const some = destinations('US', 'DE');
    expect(['+12025550147', '+4915112345678', '+16135550123', '+447400123456'].map((each) => some.isAllowed(each))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('counts by country and range', () => {
    const all = destinations();
    expect(all.countryOf('+4915112345678')).toBe('DE');
    expect(all.rangeOf('+4915112345678')).toBe('+4915112345');
  });
});
