import type { Locale } from '../languages/locales.js';
import type { MailLook } from '../look/mail-look.js';

/** What the template of every mail may show; null where a mail has nothing of the kind. */
export interface MailContext extends MailLook {
  /** The language of all words. */
  locale: Locale;
  /** The direction in which it is written, and the side where its lines begin. */
  dir: 'ltr' | 'rtl';
  start: 'left' | 'right';
  subject: string;
  greetingName: string | null;
  /** The one-time code. */
  code: string | null;
  /** The one-time link. */
  link: string | null;
  /** How long code and link are good, in words. */
  lifetime: string | null;
  /** When what the mail reports happened, in words. */
  when: string;
  /** The browser and system that asked for it. */
  device: string | null;
  /** The address that asked for it. */
  ip: string | null;
  /** What was added, removed or is left. */
  about: string | null;
}
