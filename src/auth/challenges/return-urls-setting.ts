import type { Setting } from '../../common/capability.js';
import { list } from '../../config/setting.js';

/** Schemes that browsers themselves act on, some by running the address. Apps have others. */
const BROWSERS_OWN =
  /^(?:javascript|vbscript|data|blob|file|filesystem|about|view-source|ftp|wss?|intent|content|resource|chrome|edge|mailto|tel|sms|x-[a-z-]+|ms-[a-z-]+):/;

/** The address of an app on a device: a scheme of its own (RFC 8252 §7.1), and `//`. */
const APP_ADDRESS = /^[a-z][a-z\d+.-]*:\/\/[\w.~:/?&=%+-]+$/;

/** Comma-separated web and app addresses, each written as browsers write it: with what is compared exactly, spellings must not differ. */
export function returnUrls(
  options: Pick<Setting<string[]>, 'doc' | 'example'> & { default: string[]; example: string },
): Setting<string[]> {
  return list(options, (item) => {
    const url = URL.canParse(item) ? new URL(item) : null;
    const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
    const isApp = APP_ADDRESS.test(item) && !BROWSERS_OWN.test(item);
    const isPlain = url?.username === '' && url.password === '' && !item.includes('*');
    if (!(isWeb || isApp) || !isPlain || (url.href !== item && url.href !== `${item}/`)) {
      throw new Error(`a list of addresses such as https://app.example.com/welcome or myapp://welcome (${item} is none)`);
    }
  });
}
