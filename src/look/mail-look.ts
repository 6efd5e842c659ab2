import { type BrandPalette, brandPalette } from './brand-palette.js';
import { directionOfText } from '../languages/texts.js';
import { initialOf } from './logo.js';
import type { Settings } from '../config/settings.js';

/** Parts of the brand that every mail shows. */
export interface MailLook extends BrandPalette {
  /** The product's name. */
  appName: string;
  /** The direction in which that name is read. */
  appDir: 'ltr' | 'rtl';
  /** The server's host name, so that readers see where the mail comes from. */
  host: string;
  /** URL of the logo; null for none. */
  logo: string | null;
  /** Shown in place of a logo. */
  initial: string;
}

/** The look of mails under these settings. Omits a logo in a `data:` URL, because mail programs do not show it. */
export function lookOf(settings: Pick<Settings, 'APP_NAME' | 'BRAND_COLOR' | 'BRAND_LOGO_URL' | 'PUBLIC_URL'>): MailLook {
  const { APP_NAME, BRAND_COLOR, BRAND_LOGO_URL, PUBLIC_URL } = settings;
  return {
    appName: APP_NAME,
    appDir: directionOfText(APP_NAME),
    host: new URL(PUBLIC_URL ?? 'http://localhost').host,
    logo: BRAND_LOGO_URL?.startsWith('https:') === true ? BRAND_LOGO_URL : null,
    initial: initialOf(APP_NAME),
    ...brandPalette(BRAND_COLOR),
  };
}
