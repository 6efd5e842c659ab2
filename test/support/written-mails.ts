import { CATALOGUE } from '../../src/capabilities.js';
import type { MailKind } from '../../src/common/declared.js';
import type { Settings } from '../../src/config/settings.js';
import { Languages } from '../../src/languages/languages.service.js';
import { HandlebarsAdapter } from '../../src/mail/handlebars.adapter.js';
import type { MailContext } from '../../src/mail/mail-context.js';
import { MailSamples } from '../../src/mail/writing/mail-samples.js';
import { MailWriter } from '../../src/mail/writing/mail-writer.js';

const PUBLIC_URL = 'https://accounts.example.com';

/** The settings that mails show. */
export const LOOK = { APP_NAME: 'Latchkey', BRAND_COLOR: '#3346d3', BRAND_LOGO_URL: undefined, PUBLIC_URL } as const;

export const LANGUAGES = new Languages({ DEFAULT_LOCALE: 'en' });

export const TEMPLATES = new HandlebarsAdapter(CATALOGUE, LANGUAGES);

/** Mails of every kind with invented values. */
export const SAMPLES = new MailSamples(CATALOGUE, new MailWriter(LANGUAGES, LOOK as unknown as Settings), PUBLIC_URL);

/** What a mail in English shows, with changes. */
export function contextOf(kind: MailKind, changes: Partial<MailContext> = {}): MailContext {
  return { ...SAMPLES.sample(kind, 'en'), ...changes };
}
