import type { Setting } from '../../common/capability.js';
import { list } from '../../config/setting.js';

/** Comma-separated web addresses, each written as browsers write it: with what is compared exactly, spellings must not differ. */
export function returnUrls(
  options: Pick<Setting<string[]>, 'doc' | 'example'> & { default: string[]; example: string },
): Setting<string[]> {
  return list(options, (item) => {
    const url = URL.canParse(item) ? new URL(item) : null;
    const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
    const isPlain = url?.username === '' && url.password === '' && !item.includes('*');
    if (!isWeb || !isPlain || (url.href !== item && url.href !== `${item}/`)) {
      throw new Error(`a list of addresses such as https://app.example.com/welcome (${item} is none)`);
    }
  });
}
