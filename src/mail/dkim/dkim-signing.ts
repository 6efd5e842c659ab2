import { createPrivateKey } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Settings } from '../../config/settings.js';
import { type DkimSigner, dkimSignature } from './dkim-signature.js';
import { senderDomain } from './sender.js';

type DkimSettings = Pick<Settings, 'DKIM_KEY' | 'DKIM_SELECTOR' | 'DKIM_DOMAIN' | 'MAIL_FROM'>;

/** A mail of nodemailer's, before its text is made. */
interface ComposedMail {
  message: { processFunc(change: (text: Readable) => Readable): void };
}

/** The key that signs; null without `DKIM_KEY`. */
export function signerOf({ DKIM_KEY: pem, DKIM_SELECTOR: selector, DKIM_DOMAIN, MAIL_FROM }: DkimSettings): DkimSigner | null {
  if (pem === undefined || selector === undefined) return null;
  return { key: createPrivateKey(pem), selector, domain: DKIM_DOMAIN ?? senderDomain(MAIL_FROM) };
}

/**
 * Signs what a mailer sends. The signer of nodemailer cannot list a field more often than the mail has it, and sends a mail unsigned if
 * signing fails; here the mail fails, and is tried again.
 */
export function signing(signer: DkimSigner): (mail: ComposedMail, done: () => void) => void {
  return ({ message }, done) => {
    message.processFunc((text) => Readable.from(signed(text, signer)));
    done();
  };
}

async function* signed(text: Readable, signer: DkimSigner): AsyncGenerator<Buffer> {
  const message = withLineBreaks(await buffer(text));
  yield Buffer.from(await dkimSignature(message, signer, Math.floor(Date.now() / 1_000)), 'latin1');
  yield message;
}

/** The mail with the line breaks that SMTP gives it. */
function withLineBreaks(message: Buffer): Buffer {
  return Buffer.from(message.toString('latin1').replaceAll(/\r?\n/g, '\r\n'), 'latin1');
}
