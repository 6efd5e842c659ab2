import type { Languages } from '../../languages/languages.service.js';
import type { Locale } from '../../languages/locales.js';
import type { TextKey } from '../../languages/texts.js';

/** A browser and a system by their names; null for one that is not known. */
export interface MailDevice {
  program: string | null;
  system: string | null;
}

/** Names that are words. */
const WORDS: Readonly<Record<string, TextKey>> = {
  App: 'about.app',
  'Desktop app': 'about.desktop-app',
  'Apple device': 'about.apple-device',
};

/** A device in words: "Firefox on Linux". Text that an older node has stored stays as it is. */
export function deviceInWords(device: MailDevice | string | null | undefined, languages: Languages, locale: Locale): string | null {
  if (device == null || typeof device === 'string') return device ?? null;
  const [program, system] = [device.program, device.system].map((name) => {
    const key = name === null ? undefined : WORDS[name];
    return key === undefined ? name : languages.text(locale, key);
  });
  if (program != null && system != null) return languages.text(locale, 'about.device', { program, system });
  return program ?? system ?? languages.text(locale, 'about.unknown-device');
}
