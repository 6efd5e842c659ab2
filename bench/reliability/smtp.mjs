// An SMTP server for the scripts: keeps what arrives, and can hold back at any point.
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** Never settles: what waits for it hangs. */
const FOREVER = new Promise(() => {});

/**
 * Starts an SMTP server on a loopback port.
 * `onRecipient(address)` may throw to refuse, or return `hang` to say nothing; `onMessage(message)` runs when the whole message is
 * there, before it is acknowledged, and may hang as well.
 */
export async function listen(stage, { port = 0, onRecipient = () => {}, onMessage = () => {} } = {}) {
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
        const message = { to: session.envelope.rcptTo[0].address, id: /^Message-ID: *(\S+)/im.exec(raw)?.[1], at: performance.now() };
        if (onMessage(message) === hang) {
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

/** What a handler returns to never answer. */
export const hang = Symbol('hang');
