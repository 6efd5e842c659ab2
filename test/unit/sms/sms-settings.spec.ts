import { SETTINGS } from '../../../src/capabilities.js';
import { describe, expect, it } from 'vitest';
import { loadSettings } from '../../../src/config/load-settings.js';

const problemOf = (environment: Record<string, string>): string => {
  try {
    loadSettings(SETTINGS, { NODE_ENV: 'test', APP_SECRET: 'x'.repeat(48), ...environment });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('SMS_URL', () => {
  it.each([
    'twilio://AC1:secret@api.twilio.com?from=+12025550100',
    'twilio://AC1:secret@api.twilio.com/?from=%2B12025550100',
    'twilio://AC1:secret@127.0.0.1:8080?from=Latchkey',
    'https+json://token@gateway.example.com/messages',
    'https+json://user:secret@127.0.0.1:8080/?from=Latchkey',
  ])('may be %s', (url) => {
    expect(problemOf({ SMS_URL: url })).toBe('');
  });

  it.each([
    'https://AC1:secret@api.twilio.com?from=+12025550100',
    'twilio://AC1@api.twilio.com?from=+12025550100',
    'twilio://:secret@api.twilio.com?from=+12025550100',
    'twilio://AC1:secret@api.twilio.com',
    'twilio://AC1:secret@api.twilio.com?from=',
    'https+json://gateway.example.com/messages',
    'twilio:secret',
    'secret',
  ])('may not be %s, and what is wrong with it is said without it', (url) => {
    expect(problemOf({ SMS_URL: url })).toBe(
      'Settings: SMS_URL must be of the form twilio://ACCOUNT_SID:AUTH_TOKEN@api.twilio.com?from=+12025550100 or https+json://TOKEN@gateway.example.com/messages',
    );
  });
});

describe('RETURN_URLS', () => {
  it.each([
    'https://app.example.com',
    'https://app.example.com/',
    'http://localhost:5173/done?a=1&b=%2F#top',
    'https://a.test/x,https://b.test/y',
  ])('may be %s', (urls) => {
    expect(problemOf({ RETURN_URLS: urls })).toBe('');
  });

  it.each([
    '/done',
    '//e.test',
    'app.example.com',
    'javascript:alert(1)',
    'data:text/html,x',
    'javascript://done',
    'https://*.example.com/',
    'https://user@app.example.com/',
    'https://app.example.com/../done',
    'https://APP.example.com/',
    'https://app.example.com:443/',
    String.raw`https:\\app.example.com`,
    'https://app.example.com/a b',
  ])('may not be %s', (url) => {
    expect(problemOf({ RETURN_URLS: url })).toContain('RETURN_URLS must be a list of addresses');
  });
});
