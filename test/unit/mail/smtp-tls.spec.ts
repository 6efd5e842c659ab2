import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { lookAtMail } from '../../../src/cli/doctor/doctor-surroundings.js';
import type { Settings } from '../../../src/config/settings.js';
import { smtpServer } from '../../../src/mail/smtp.js';

/** Reaches this machine, but is no address that stands for it. */
const ELSEWHERE = '0.0.0.0';

describe('the password for the SMTP server', () => {
  /** Each sign-in that a server got: the password, and whether it came through TLS. */
  let signIns: { password: string; secure: boolean }[] = [];
  const servers: SMTPServer[] = [];
  afterEach(async () => {
    signIns = [];
    for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(resolve));
  });

  async function listen(options: SMTPServerOptions): Promise<number> {
    const server = new SMTPServer({
      // As servers do that are badly configured, or that somebody in between rewrites.
      allowInsecureAuth: true,
      authOptional: true,
      closeTimeout: 100,
      logger: false,
      disableReverseLookup: true,
      onAuth: ({ password }, { secure }, done) => {
        signIns.push({ password: String(password), secure });
        done(null, { user: 'ada' });
      },
      ...options,
    });
    server.on('error', () => {});
    servers.push(server);
    const listener = server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return (listener.address() as AddressInfo).port;
  }

  /** Connects and signs in as for a mail. */
  const connect = (SMTP_URL: string, SMTP_TLS: Settings['SMTP_TLS'] = 'auto') => lookAtMail({ SMTP_URL, SMTP_TLS } as Settings);

  const WITHOUT_TLS: SMTPServerOptions = { disabledCommands: ['STARTTLS'] };

  it('is not sent to a server that offers no TLS', async () => {
    const port = await listen(WITHOUT_TLS);
    expect(await connect(`smtp://ada:hunter2@${ELSEWHERE}:${port}`)).toMatchObject({
      state: 'fail',
      advice: expect.stringContaining('SMTP_TLS'),
    });
    expect(signIns).toEqual([]);
  });

  it('is sent without TLS to this machine, and where SMTP_TLS says so', async () => {
    const port = await listen(WITHOUT_TLS);
    expect(await connect(`smtp://ada:p%40ss%231%2F2@127.0.0.1:${port}`)).toMatchObject({ state: 'ok' });
    expect(await connect(`smtp://ada:p%40ss%231%2F2@${ELSEWHERE}:${port}`, 'optional')).toMatchObject({ state: 'ok' });
    expect(signIns).toEqual(Array(2).fill({ password: 'p@ss#1/2', secure: false }));
  });

  it('is sent through TLS where the server offers it', async () => {
    const port = await listen({});
    for (const tls of ['auto', 'required', 'optional'] as const) {
      // The certificate is the test server's own.
      expect(await connect(`smtp://ada:hunter2@${ELSEWHERE}:${port}?tls.rejectUnauthorized=false`, tls)).toMatchObject({ state: 'ok' });
    }
    expect(signIns).toEqual(Array(3).fill({ password: 'hunter2', secure: true }));
  });

  it('is not sent to a server whose certificate nobody vouches for', async () => {
    const port = await listen({});
    for (const tls of ['auto', 'required', 'optional'] as const)
      expect(await connect(`smtp://ada:hunter2@${ELSEWHERE}:${port}`, tls)).toMatchObject({ state: 'fail' });
    expect(signIns).toEqual([]);
  });

  it('where there is none, TLS is a matter of the server, unless it is required', async () => {
    const port = await listen(WITHOUT_TLS);
    expect(await connect(`smtp://${ELSEWHERE}:${port}`)).toMatchObject({ state: 'ok' });
    expect(await connect(`smtp://127.0.0.1:${port}`, 'required')).toMatchObject({ state: 'fail' });
  });

  it.each([
    ['smtp://ada:pw@mail.example', true],
    ['smtp://:pw@mail.example', true],
    ['smtp://ada@mail.example', true],
    ['smtp://ada:pw@localhost.example', true],
    ['smtp://ada:pw@127.0.0.1.example', true],
    ['smtp://ada:pw@localhost:25', false],
    ['smtp://ada:pw@127.8.0.1', false],
    ['smtp://ada:pw@[::1]:25', false],
    ['smtp://mail.example', false],
  ])('%s requires STARTTLS: %s', (url, requireTLS) => {
    expect(smtpServer(url, { SMTP_TLS: 'auto' })).toEqual({ url, requireTLS });
  });
});
