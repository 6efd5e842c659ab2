import { type KeyObject, createHash, sign } from 'node:crypto';
import { promisify } from 'node:util';

/** The key of signatures, and where its public half is: `selector._domainkey.domain`. */
export interface DkimSigner {
  key: KeyObject;
  domain: string;
  selector: string;
}

/**
 * Fields that are signed. All are listed once more than the mail has them, so that none can be added later: a second From would be shown in
 * place of the signed one (RFC 6376 §8.15). Google counts a Feedback-ID only if it is signed.
 */
const SIGNED = [
  'from',
  'to',
  'cc',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'auto-submitted',
  'feedback-id',
];

/** Length of a line in the header, characters (RFC 5322 §2.1.1). */
const LINE_CHARS = 76;

const signInPool = promisify(sign);

/**
 * The DKIM-Signature of a mail (RFC 6376, `rsa-sha256`, relaxed/relaxed), as a header field with its line break.
 * @param message the mail as it leaves, with line breaks of CR and LF
 * @param seconds time of the signature, since 1970
 */
export async function dkimSignature(message: Buffer, { key, domain, selector }: DkimSigner, seconds: number): Promise<string> {
  const { fields, body } = partsOf(message);
  const bodyHash = createHash('sha256').update(relaxedBody(body), 'latin1').digest('base64');
  const signed = SIGNED.flatMap((name) => [...fields.filter((field) => nameOf(field) === name), null].map((field) => ({ name, field })));
  const names = signed.map(({ name }) => name).join(':');
  const tags = [
    'v=1;',
    'a=rsa-sha256;',
    'c=relaxed/relaxed;',
    `d=${domain};`,
    `s=${selector};`,
    `t=${seconds};`,
    `bh=${bodyHash};`,
    `h=${names};`,
    'b=',
  ];
  const unsigned = folded(tags);
  // Fields of one name are signed from the last to the first (RFC 6376 §5.4.2); one that the mail does not have counts as nothing.
  const lines = signed.flatMap(({ field }) => (field === null ? [] : [`${relaxedField(field)}\r\n`]));
  const data = Buffer.from(lines.join('') + relaxedField(unsigned), 'latin1');
  const signature = (await signInPool('sha256', data, key)).toString('base64');
  return `${unsigned}${signature.replaceAll(new RegExp(`.{1,${LINE_CHARS - 1}}`, 'g'), '\r\n $&')}\r\n`;
}

/** The fields of the header, the last one first, and the body; every byte is a character. */
function partsOf(message: Buffer): { fields: string[]; body: string } {
  const text = message.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const header = end === -1 ? text : text.slice(0, end);
  return { fields: header.split(/\r\n(?![ \t])/).toReversed(), body: end === -1 ? '' : text.slice(end + 4) };
}

function nameOf(field: string): string {
  return field.slice(0, field.indexOf(':')).trim().toLowerCase();
}

/** RFC 6376 §3.4.2. */
function relaxedField(field: string): string {
  const value = field.slice(field.indexOf(':') + 1);
  return `${nameOf(field)}:${value
    .replaceAll('\r\n', '')
    .replaceAll(/[ \t]+/g, ' ')
    .trim()}`;
}

/** RFC 6376 §3.4.4. */
function relaxedBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replaceAll(/[ \t]+/g, ' ').replace(/ $/, ''));
  while (lines.at(-1) === '') lines.pop();
  return lines.map((line) => `${line}\r\n`).join('');
}

/** The field on lines that are short enough; the list of names may break after a colon (RFC 6376 §3.5). */
function folded(tags: readonly string[]): string {
  const lines = ['DKIM-Signature:'];
  for (const tag of tags) {
    for (const [index, word] of tag.split(/(?<=:)/).entries()) {
      const last = lines.at(-1) ?? '';
      const next = index === 0 ? ` ${word}` : word;
      if (last.length + next.length > LINE_CHARS) lines.push(` ${word}`);
      else lines[lines.length - 1] = last + next;
    }
  }
  return lines.join('\r\n');
}
