import { createPublicKey } from 'node:crypto';
import type { Setting } from '../../common/capability.js';
import { list, secret } from '../../config/setting.js';
import { TOPIC_ARN } from './sources/sns-message.js';

type Doc = Pick<Setting<unknown>, 'doc'> & { example?: string };

/** Topics of Amazon SNS. */
export function topics(options: Doc): Setting<string[]> {
  return list({ ...options, default: [] }, (item) => {
    if (!TOPIC_ARN.test(item)) throw new Error(`a list of topics such as arn:aws:sns:eu-west-1:123456789012:mail (${item} is none)`);
  });
}

/** A public key of ECDSA over P-256, in base64 without the lines of PEM around it. */
export function ecPublicKey(options: Doc): Setting<string | undefined> {
  return {
    ...options,
    parse(written) {
      const base64 = written.replaceAll(/-----[^-]*-----|\\n|\s/g, '');
      if (curveOf(base64) !== 'prime256v1') throw new Error('a verification key of ECDSA over P-256 in base64 (MFkwEwYHKoZIzj0CAQYI…)');
      return base64;
    },
  };
}

/** A secret of Standard Webhooks. */
export function webhookSecret(options: Doc): Setting<string | undefined> {
  return {
    ...secret(options),
    parse(written) {
      // 24 to 64 bytes (Standard Webhooks 1.0, "Signature scheme").
      if (!/^whsec_[A-Za-z\d+/]{32,86}={0,2}$/.test(written)) throw new Error('a signing secret that starts with whsec_');
      return written;
    },
  };
}

function curveOf(base64: string): string | undefined {
  try {
    return createPublicKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'spki' }).asymmetricKeyDetails?.namedCurve;
  } catch {
    return undefined;
  }
}
