import type PostalMime from 'postal-mime';
import { newId } from '../../common/ids.js';

/** A received mail. */
export interface MailboxMessage {
  id: string;
  receivedAt: Date;
  from: string;
  /** The recipients of the SMTP envelope. */
  to: string[];
  subject: string;
  messageId: string | null;
  text: string | null;
  html: string | null;
  headers: { name: string; value: string }[];
  /** The one-time code of six or eight digits, if it has one. */
  code: string | null;
  /** The web addresses of the text version, in order. */
  links: string[];
}

/** Parses a raw mail and extracts the code and the links. */
export async function readMessage(parser: typeof PostalMime, raw: Buffer, recipients: string[]): Promise<MailboxMessage> {
  const mail = await parser.parse(raw);
  const text = mail.text ?? null;
  return {
    id: newId(),
    receivedAt: new Date(),
    from: mail.from?.address ?? '',
    to: recipients,
    subject: mail.subject ?? '',
    messageId: mail.messageId ?? null,
    text,
    html: mail.html ?? null,
    headers: mail.headers.map(({ originalKey, value }) => ({ name: originalKey, value })),
    code: findCode(text ?? ''),
    links: findLinks(text ?? ''),
  };
}

/** A text message in the form of a mail. */
export function readTextMessage({ from, to, text }: { from: string; to: string; text: string }): MailboxMessage {
  return {
    id: newId(),
    receivedAt: new Date(),
    from,
    to: [to],
    subject: 'Text message',
    messageId: null,
    text,
    html: null,
    headers: [],
    // The code is part of a sentence.
    code: /\b\d{6}(?:\d{2})?\b/.exec(text)?.[0] ?? null,
    links: findLinks(text),
  };
}

/** The code is on a line of its own. */
function findCode(text: string): string | null {
  return /^[ \t]*(\d{6}(?:\d{2})?)[ \t]*$/m.exec(text)?.[1] ?? null;
}

function findLinks(text: string): string[] {
  return [...new Set(text.match(/https?:\/\/[^\s<>"]+/g))];
}
