import { createHash, createPublicKey, verify } from 'node:crypto';

/** What receivers find in DNS: the TXT records of names. */
export type Zone = Readonly<Record<string, string>>;

/**
 * What a receiver says of a mail's DKIM signature (RFC 6376 §6.1), written from the standard and not from the signer: `pass`, or why not.
 * Both canonicalizations; `rsa-sha256`.
 * @param raw the mail as it came over SMTP
 */
export function verifyDkim(raw: string, zone: Zone): string {
  const at = raw.indexOf('\r\n\r\n');
  const fields = fieldsOf(raw.slice(0, at));
  const body = raw.slice(at + 4);
  const own = fields.find(([name]) => name.trim().toLowerCase() === 'dkim-signature');
  if (own === undefined) return 'no signature';
  const tags = tagsOf(own[1]);
  const [ofHeader = 'simple', ofBody = 'simple'] = (tags['c'] ?? '').split('/');
  if (tags['v'] !== '1' || tags['a'] !== 'rsa-sha256') return 'unknown version or algorithm';

  const canonicalBody = ofBody === 'relaxed' ? relaxBody(body) : simpleBody(body);
  if (createHash('sha256').update(canonicalBody, 'latin1').digest('base64') !== tags['bh']) return 'body hash differs';

  const record = zone[`${tags['s']}._domainkey.${tags['d']}`];
  if (record === undefined) return 'no key';
  const key = createPublicKey({ key: Buffer.from(tagsOf(record)['p'] ?? '', 'base64'), format: 'der', type: 'spki' });

  const canonical = ofHeader === 'relaxed' ? relaxField : ([name, value]: Field) => `${name}:${value}`;
  const left = [...fields];
  const lines = (tags['h'] ?? '').split(':').map((name) => {
    // Each mention takes the lowest field of the name that is left (§5.4.2).
    const index = left.findLastIndex(([each]) => each.trim().toLowerCase() === name.toLowerCase());
    if (index === -1) return '';
    const [field] = left.splice(index, 1) as [Field];
    return `${canonical(field)}\r\n`;
  });
  if (!/(?:^|:)from(?:$|:)/i.test(tags['h'] ?? '')) return 'From is not signed';
  const unsigned: Field = [own[0], own[1].replace(/((?:^|;)[\s]*b[\s]*=)[^;]*/, '$1')];
  const data = lines.join('') + canonical(unsigned);
  return verify('sha256', Buffer.from(data, 'latin1'), key, Buffer.from(tags['b'] ?? '', 'base64')) ? 'pass' : 'signature differs';
}

/** Names of the fields that the signature covers, as often as it lists them. */
export function signedFields(raw: string): string[] {
  const own = fieldsOf(raw.slice(0, raw.indexOf('\r\n\r\n'))).find(([name]) => name.toLowerCase() === 'dkim-signature');
  return (tagsOf(own?.[1] ?? '')['h'] ?? '').split(':');
}

/** Name and value, the value with its folding. */
type Field = [name: string, value: string];

function fieldsOf(header: string): Field[] {
  const lines = header.split('\r\n');
  const fields: string[] = [];
  for (const line of lines) {
    if (/^[ \t]/.test(line)) fields.push(`${fields.pop()}\r\n${line}`);
    else fields.push(line);
  }
  return fields.map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1)]);
}

/** A tag list (§3.2); values without any blanks, which mean nothing in those that are read here. */
function tagsOf(list: string): Record<string, string> {
  const pairs = list.split(';').map((tag) => tag.replaceAll(/\s/g, ''));
  return Object.fromEntries(
    pairs.filter((tag) => tag !== '').map((tag) => [tag.slice(0, tag.indexOf('=')), tag.slice(tag.indexOf('=') + 1)]),
  );
}

function relaxField([name, value]: Field): string {
  const unfolded = value.split('\r\n').join('');
  return `${name.toLowerCase().trimEnd()}:${unfolded
    .split(/[ \t]+/)
    .filter((word) => word !== '')
    .join(' ')}`;
}

function relaxBody(body: string): string {
  const lines = body.split('\r\n').map((line) => line.replace(/[ \t]+$/, '').replaceAll(/[ \t]+/g, ' '));
  const last = lines.findLastIndex((line) => line !== '');
  return lines
    .slice(0, last + 1)
    .map((line) => line + '\r\n')
    .join('');
}

function simpleBody(body: string): string {
  return `${body.replace(/(?:\r\n)+$/, '')}\r\n`;
}
