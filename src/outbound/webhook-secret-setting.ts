import type { Setting } from '../common/capability.js';
import { list } from '../config/setting.js';
import { keyOf } from './webhook-signature.js';

type Options = Pick<Setting<string>, 'doc' | 'example' | 'check'>;

/** Length of a key, bytes. Source: Standard Webhooks, "Signature scheme". */
const KEY_BYTES = { min: 24, max: 64 };

const FORM = `whsec_ and the base64 of ${KEY_BYTES.min} to ${KEY_BYTES.max} random bytes`;

/** A symmetric secret of Standard Webhooks: `whsec_` and base64. */
export function webhookSecret(options: Options): Setting<string | undefined> {
  return {
    ...options,
    secret: true,
    parse(value) {
      if (!isSecret(value)) throw new Error(FORM);
      return value;
    },
    keyMaterial: (name, value) => (value === undefined ? {} : { [name]: value }),
  };
}

/** Up to `max` such secrets, separated by commas. The message of a wrong one never repeats it. */
export function webhookSecrets(options: Pick<Setting<string[]>, 'doc' | 'check'> & { max: number }): Setting<string[]> {
  const { max, ...rest } = options;
  return {
    ...rest,
    default: [],
    secret: true,
    parse(value) {
      const secrets = list({ doc: '' }).parse(value);
      if (secrets.length > max || !secrets.every(isSecret)) throw new Error(`at most ${max} secrets, each ${FORM}, separated by a comma`);
      return secrets;
    },
    show: () => '',
    keyMaterial: (name, secrets) => Object.fromEntries(secrets.map((each, i) => [i === 0 ? name : `${name} (number ${i + 1})`, each])),
  };
}

function isSecret(value: string): boolean {
  const bytes = /^whsec_[A-Za-z\d+/]+={0,2}$/.test(value) ? keyOf(value).length : 0;
  return bytes >= KEY_BYTES.min && bytes <= KEY_BYTES.max;
}
