import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { poll } from './poll.js';

/** An SMTP server that keeps every mail as its bytes came. */
export class SmtpReceiver {
  private readonly kept: { to: string[]; raw: string }[] = [];

  private constructor(
    private readonly server: SMTPServer,
    readonly url: string,
  ) {}

  /** @param admit what each mail waits for before the receiver takes it */
  static async start(admit: () => Promise<void> = async () => {}): Promise<SmtpReceiver> {
    const server = new SMTPServer({
      disabledCommands: ['AUTH', 'STARTTLS'],
      closeTimeout: 100,
      logger: false,
      disableReverseLookup: true,
      onData: (stream, session, done) => {
        buffer(stream)
          .then(async (bytes) => (await admit(), bytes))
          .then((bytes) => receiver.kept.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw: bytes.toString('latin1') }))
          .then(() => done(), done);
      },
    });
    server.on('error', () => {});
    const listener = server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const receiver = new SmtpReceiver(server, `smtp://127.0.0.1:${(listener.address() as AddressInfo).port}`);
    return receiver;
  }

  /** Waits for the first mail to an address, or the one of this number; its bytes as characters. */
  mailTo(address: string, nth = 1): Promise<string> {
    return poll(`mail ${nth} to ${address}`, () => this.kept.filter(({ to }) => to.includes(address))[nth - 1]?.raw);
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(resolve));
  }
}
