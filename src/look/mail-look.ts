import { type BrandPalette, brandPalette } from './brand-palette.js';
import { initialOf } from './logo.js';
import type { Settings } from '../config/settings.js';

/** What every mail shows of its sender. */
export interface MailLook extends BrandPalette {
  /** The product's name as people know it. */
  appName: string;
  /** The server's host, for readers who wonder where the mail comes from. */
  host: string;
  /** Address of the logo; null for none. */
  logo: string | null;
  /** In place of a logo. */
  initial: string;
}

/** The look of mails under these settings. A logo in a `data:` URL is left out: mail programs show none. */
export function lookOf(settings: Pick<Settings, 'APP_NAME' | 'BRAND_COLOR' | 'BRAND_LOGO_URL' | 'PUBLIC_URL'>): MailLook {
  const { APP_NAME, BRAND_COLOR, BRAND_LOGO_URL, PUBLIC_URL } = settings;
  return {
    appName: APP_NAME,
    host: new URL(PUBLIC_URL ?? 'http://localhost').host,
    logo: BRAND_LOGO_URL?.startsWith('https:') === true ? BRAND_LOGO_URL : null,
    initial: initialOf(APP_NAME),
    ...brandPalette(BRAND_COLOR),
  };
}
