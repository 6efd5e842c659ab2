import type { Capability, Declarations } from '../common/capability.js';
import { color, image, text } from '../config/setting.js';

const declared = {
  settings: {
    APP_NAME: text({ default: 'Latchkey', max: 64, doc: 'Name of your product in mails and on pages.' }),
    BRAND_COLOR: color({
      default: '#3346d3',
      doc: 'Colour of buttons and links in mails and on pages, in hexadecimal. Text on buttons is black or white, whichever is readable; links and dark screens use a readable shade of the colour.',
    }),
    BRAND_LOGO_URL: image({
      optional: true,
      example: 'https://www.example.com/logo.png',
      doc: 'Logo that replaces the name on pages and in mails, 32 pixels high: an `https:` URL, or a `data:` URL of the image, which mails omit. It should be visible on light and dark backgrounds.',
    }),
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    look: typeof declared;
  }
}

/** The look of pages and mails. */
export const look = {
  name: 'look',
  folder: import.meta.dirname,
  module: async () => (await import('./look.module.js')).LookModule,
  ...declared,
} as const satisfies Capability;
