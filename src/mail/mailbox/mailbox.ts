import { EventEmitter, once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { SMTPServer } from 'smtp-server';
import { toAsciiDomain } from '../../common/domains.js';
import { type MailboxMessage, readMessage, readTextMessage } from './message.js';

/** Maximum number of mails; new mails replace the oldest. */
const CAPACITY = 200;

const MAX_MESSAGE_BYTES = 5 * 1024 * 1024;
const DEFAULT_WAIT_MS = 5_000;

/** Filter for mails: recipient, time of receipt, words in the subject. */
export interface MailboxFilter {
  to?: string;
  subject?: string;
  after?: Date;
}

/**
 * An SMTP server inside this process that keeps mails in memory, for development and tests. Mail reaches it the same way as a real server.
 * It listens only on loopback and never runs in production.
 */
@Injectable()
export class Mailbox implements OnApplicationShutdown {
  private server: SMTPServer | undefined;
  private kept: MailboxMessage[] = [];
  private readonly arrivals = new EventEmitter().setMaxListeners(0);

  /** Starts the server. @returns the URL to hand mail over at */
  async start(): Promise<string> {
    // Optional dependencies: absent from production.
    const [smtp, mime] = await Promise.all([import('smtp-server'), import('postal-mime')]);
    const server = new smtp.SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      size: MAX_MESSAGE_BYTES,
      rejectOversized: true,
      disableReverseLookup: true,
      logger: false,
      closeTimeout: 1_000,
      onData: (stream, session, done) => {
        buffer(stream)
          .then(async (raw) => {
            const recipients = session.envelope.rcptTo.map(({ address }) => asSent(address));
            this.keep(await readMessage(mime.default, raw, recipients));
          })
          .then(() => done(), done);
      },
    });
    server.on('error', () => {});
    const listener = server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    this.server = server;
    return `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  }

  /** Adds a text message to the mails; no phone receives it. */
  addTextMessage(message: { from: string; to: string; text: string }): void {
    this.keep(readTextMessage(message));
  }

  /** The received mails, newest first. */
  list(filter: MailboxFilter = {}): MailboxMessage[] {
    return this.kept.filter((message) => matches(message, filter));
  }

  find(id: string): MailboxMessage | undefined {
    return this.kept.find((message) => message.id === id);
  }

  /**
   * The newest matching mail, as soon as there is one.
   * @throws Error if none arrives in time
   */
  async waitFor(filter: MailboxFilter, timeoutMs: number = DEFAULT_WAIT_MS): Promise<MailboxMessage> {
    const timeout = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const [newest] = this.list(filter);
      if (newest !== undefined) return newest;
      try {
        await once(this.arrivals, 'mail', { signal: timeout });
      } catch (error) {
        throw new Error(`No mail fits ${JSON.stringify(filter)} after ${timeoutMs} ms`, { cause: error });
      }
    }
  }

  clear(): void {
    this.kept = [];
  }

  async onApplicationShutdown(): Promise<void> {
    await new Promise<void>((resolve) => (this.server === undefined ? resolve() : this.server.close(resolve)));
    this.server = undefined;
  }

  private keep(message: MailboxMessage): void {
    this.kept = [message, ...this.kept].slice(0, CAPACITY);
    this.arrivals.emit('mail');
  }
}

/** smtp-server decodes the domain of a recipient (`xn--…`), as people write it; this restores the form that was sent and that the account has. */
function asSent(address: string): string {
  const at = address.lastIndexOf('@');
  return address.slice(0, at + 1) + (toAsciiDomain(address.slice(at + 1)) ?? address.slice(at + 1));
}

function matches(message: MailboxMessage, { to, subject, after }: MailboxFilter): boolean {
  if (to !== undefined && !message.to.some((address) => address.toLowerCase() === asSent(to).toLowerCase())) return false;
  if (subject !== undefined && !message.subject.includes(subject)) return false;
  return after === undefined || message.receivedAt > after;
}
