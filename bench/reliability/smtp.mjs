// An SMTP server for the scripts. It stores received mails and can stop answering at any point.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** Never settles. */
const FOREVER = new Promise(() => {});

/** @type {(message: object) => unknown} */
const goOn = () => undefined;

/**
 * Starts an SMTP server on a loopback port. `onRecipient(address)` may throw to reject the address, or return `hang` to never answer.
 * `onMessage(message)` runs when the whole message has arrived, before the server acknowledges it; it may also return `hang`, or a promise
 * that the acknowledgement waits for.
 */
export async function listen(stage, { port = 0, onRecipient = () => {}, onMessage = goOn } = {}) {
  const received = [];
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    closeTimeout: 100,
    logger: false,
    disableReverseLookup: true,
    onRcptTo({ address }, _session, done) {
      void (async () => (onRecipient(address) === hang ? FOREVER : undefined))().then(() => done(), done);
    },
    onData(stream, session, done) {
      void (async () => {
        const raw = await text(stream);
        const message = {
          to: session.envelope.rcptTo[0].address,
          id: /^Message-ID: *(\S+)/im.exec(raw)?.[1],
          // On a line of its own, in groups.
          code: /^ {4}(\d[\d ]+\d)\r?$/m.exec(raw)?.[1].replaceAll(' ', ''),
          at: performance.now(),
        };
        if ((await onMessage(message)) === hang) {
          received.push({ ...message, acknowledged: false });
          await FOREVER;
        }
        received.push({ ...message, acknowledged: true });
      })().then(() => done(), done);
    },
  });
  server.on('error', () => {});
  const listener = server.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  const close = () => new Promise((resolve) => server.close(resolve));
  stage.onClose(close);
  return { url: `smtp://127.0.0.1:${listener.address().port}`, received, close };
}

/** A handler returns this value to never answer. */
export const hang = Symbol('hang');
