import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { register } from './support/accounts.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const LOCAL = { headers: { host: 'localhost' } };

describe('on a developer’s machine', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
    await app.listen();
  });
  afterAll(() => app.stop());

  it.each(['/dev/mail', '/dev/mail/messages', '/dev/mail/preview', '/dev/mail/preview/html?mail=confirm-email'])(
    'shows %s under the names of this machine only',
    async (path) => {
      for (const host of ['localhost:3000', '127.0.0.1', '[::1]:3000', 'accounts.latchkey.test']) {
        expect([host, (await app.get(path, { headers: { host } })).status]).toEqual([host, 200]);
      }
      for (const host of ['attacker.test:3000', 'localhost.attacker.test', '127.0.0.1.attacker.test']) {
        expect([host, (await app.get(path, { headers: { host } })).status]).toEqual([host, 404]);
      }
    },
  );

  // A proxy strips the path of PUBLIC_URL, so that the server sees the same request either way.
  it.each(['', '/accounts', '/a/b'])(
    'has links that lead to its pages below the path %j, with and without a slash at the end',
    async (prefix) => {
      await register(app);
      await poll('a mail', async () => (await app.get('/dev/mail/messages', LOCAL)).body[0]);
      const open = async (url: string): Promise<string[]> => {
        const { status, text } = await app.get(url.slice(prefix.length), LOCAL);
        expect([url, status]).toEqual([url, 200]);
        const links = [...text.matchAll(/<(?:a|iframe)[^>]* (?:href|src)="([^"?]*)["?]/g)].map(([, link]) => String(link));
        return links.filter((link) => !link.includes('://')).map((link) => new URL(link, `http://localhost${url}`).pathname);
      };
      for (const slash of ['', '/']) {
        const inbox = await open(`${prefix}/dev/mail${slash}`);
        const preview = `${prefix}/dev/mail/preview`;
        expect(inbox).toContain(preview);
        const mail = inbox.find((link) => ![`${prefix}/dev/mail`, preview].includes(link))!;
        expect(mail.startsWith(`${prefix}/dev/mail/`)).toBe(true);
        const links = await open(mail + slash);
        expect(links).toContain(mail.replace('/mail/', '/mail/html/'));
        for (const link of new Set([...inbox, ...links])) {
          expect(link.startsWith(`${prefix}/dev/mail`)).toBe(true);
          await open(link);
        }
      }
    },
  );

  /** The preview never changes: the server is asked for each of its pages once, wherever the link to it stands. */
  const previews = new Map<string, Promise<Answer>>();
  const previewOf = (url: string): Promise<Answer> => {
    const known = previews.get(url) ?? app.get(url, LOCAL);
    previews.set(url, known);
    return known;
  };

  it.each(['', '/a/b'])('has links on the page with every mail that lead to all of them below the path %j', async (prefix) => {
    /** The addresses that a page leads to, from where it is. */
    const open = async (url: URL): Promise<URL[]> => {
      const { status, text } = await previewOf(`${url.pathname.slice(prefix.length)}${url.search}`);
      expect([url.pathname, url.search, status]).toEqual([url.pathname, url.search, 200]);
      const links = [...text.matchAll(/<(?:a|iframe)[^>]* (?:href|src)="([^"]*)"/g)].map(([, link]) => String(link));
      const written = links.map((link) => link.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='));
      return written.filter((link) => !link.includes('://')).map((link) => new URL(link, url));
    };
    for (const slash of ['', '/']) {
      const list = await open(new URL(`http://localhost${prefix}/dev/mail/preview${slash}`));
      const mail = list.find(({ searchParams }) => searchParams.get('mail') === 'confirm-email')!;
      const links = await open(mail);
      expect(links.map(({ pathname }) => pathname)).toContain(`${prefix}/dev/mail/preview/html`);
      for (const link of [...list, ...links]) {
        expect(link.pathname.startsWith(`${prefix}/dev/mail`)).toBe(true);
        await open(link);
      }
    }
  });

  it('logs no warning when a caller hangs up in the middle of a body', async () => {
    const { port } = app.nest.getHttpServer().address() as { port: number };
    const before = app.logs.length;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /v1/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"ident');
    await poll('the request to arrive', async () => ((await app.get('/health/live')).status === 200 ? true : undefined));
    socket.destroy();
    const connections = promisify((answer: (error: Error | null, count: number) => void) =>
      app.nest.getHttpServer().getConnections(answer),
    );
    await poll('the connection to end', async () => ((await connections()) === 0 ? true : undefined));
    expect(app.logs.slice(before).filter((line) => /"level":"(?:warn|error)"/.test(line))).toEqual([]);
  });
});
