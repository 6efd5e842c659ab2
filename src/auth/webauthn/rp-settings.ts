import { isIP } from 'node:net';
import type { Setting } from '../../common/capability.js';
import { list } from '../../config/setting.js';

/** A host name without a port, in the form that browsers use. */
const DOMAIN = /^(?=.{1,253}$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/;

/** The origin that Android sends for an app: a hash of the certificate that signed it. */
const ANDROID_APP = /^android:apk-key-hash:[\w-]{43}$/;

/** An RP ID (WebAuthn Level 3 §5.1.2): a domain. */
export function domain(options: Pick<Setting<string>, 'doc' | 'example'>): Setting<string | undefined> {
  return {
    ...options,
    parse(value) {
      if (!DOMAIN.test(value) || isIP(value) !== 0) throw new Error('a domain such as example.com, without scheme and port');
      return value;
    },
  };
}

/** Comma-separated origins of pages and Android apps that may use passkeys; browsers offer passkeys on secure origins only. */
export function passkeyOrigins(options: Pick<Setting<string[]>, 'doc' | 'example' | 'default'>): Setting<string[]> {
  return list(options, (item) => {
    if (ANDROID_APP.test(item)) return;
    const { origin, protocol, hostname } = URL.canParse(item) ? new URL(item) : new URL('about:blank');
    const isSecure = protocol === 'https:' || (protocol === 'http:' && (hostname === 'localhost' || hostname.endsWith('.localhost')));
    if (origin !== item || !isSecure || item.includes('*')) {
      throw new Error(`a list of https:// origins such as https://app.example.com, without * (${item} is none)`);
    }
  });
}
