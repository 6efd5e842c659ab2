import type { Setting } from '../common/capability.js';
import { text } from '../config/setting.js';
import { isOneMailbox } from './smtp.js';

/** A name as it may stand without quotes; commas and the like would begin another address (RFC 5322 §3.4). */
const PLAIN_NAME = /^[^"(),:;<>@[\\\]]*$/;
const QUOTED_NAME = /^"(?:[^"\\]|\\.)*"$/;

/** The From header of mails: one address, or a name and one address between `<` and `>`. */
export function mailFrom(options: Pick<Setting<string>, 'doc'> & { default: string }): Setting<string> {
  const line = text(options);
  return {
    ...line,
    parse(written) {
      const value = line.parse(written).trim();
      const [, name = '', address = value] = /^(.*?)\s*<([^<>]*)>$/.exec(value) ?? [];
      if (!isOneMailbox(address)) throw new Error('one address, such as Shop <no-reply@shop.example>');
      if (!PLAIN_NAME.test(name) && !QUOTED_NAME.test(name)) throw new Error('a name and an address; write "Shop, Inc." <a@shop.example>');
      return value;
    },
  };
}
