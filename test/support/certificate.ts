import { type KeyObject, createPublicKey, sign } from 'node:crypto';

/** `sha256WithRSAEncryption` (RFC 8017 appendix A.2.4). */
const ALGORITHM = der(0x30, Buffer.from('06092a864886f70d01010b0500', 'hex'));

/** A certificate in PEM that an RSA key signs for itself (RFC 5280 §4.1), good between two times. */
export function certificateOf(key: KeyObject, commonName: string, from: Date, to: Date): string {
  const name = der(0x30, der(0x31, der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from(commonName)))));
  const toBeSigned = der(
    0x30,
    der(0xa0, Buffer.from('020102', 'hex')),
    Buffer.from('02020101', 'hex'),
    ALGORITHM,
    name,
    der(0x30, utcTime(from), utcTime(to)),
    name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
  );
  const whole = der(0x30, toBeSigned, ALGORITHM, der(0x03, Buffer.from([0]), sign('sha256', toBeSigned, key)));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

/** A value of ASN.1 in DER: tag, length, content. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 0x80 ? [tag, length] : length < 0x100 ? [tag, 0x81, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

function utcTime(time: Date): Buffer {
  return der(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));
}
