import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AvailabilityService } from '../src/auth/registration/availability.service.js';
import { freshEmail, register } from './support/accounts.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

describe('asking whether a name is free', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ RATE_LIMIT: 'on', LIMIT_AVAILABILITY: '5/60', LIMIT_REGISTER: '1000/60' });
  });
  afterAll(() => app.stop());

  let network = 0;
  /** Asks from a network of its own, unless one is given. */
  const ask = (query: Record<string, string> | string, remoteAddress = `192.0.2.${(network += 1)}`): Promise<Answer> =>
    app.get(`/v1/availability?${typeof query === 'string' ? query : new URLSearchParams(query).toString()}`, { remoteAddress });

  it('says of a username whether somebody has it, whatever the case', async () => {
    const username = `Hedy.${process.pid}`;
    expect(await ask({ username })).toMatchObject({ status: 200, body: { available: true } });
    await register(app, { username });
    for (const spelling of [username, username.toLowerCase(), username.toUpperCase()]) {
      expect((await ask({ username: spelling })).body).toEqual({ available: false });
    }
  });

  it('says of an e-mail address whether somebody has it, in any spelling', async () => {
    const email = freshEmail('hedy+plus').replace('example.com', 'bücher.example');
    expect((await ask({ email })).body).toEqual({ available: true });
    await register(app, { email });
    for (const spelling of [email, email.toUpperCase(), email.replace('bücher', 'xn--bcher-kva'), ` ${email} `]) {
      expect((await ask({ email: spelling })).body).toEqual({ available: false });
    }
  });

  it.each([
    ['?username', { username: 'ab' }],
    ['?username', { username: '12345' }],
    ['?username', { username: '' }],
    ['?username', { username: 'a@b.test' }],
    ['?username', { username: 'x'.repeat(40) }],
    ['?username', { username: 'a\u0000b' }],
    ['?email', { email: 'no address' }],
    ['?email', { email: 'a@localhost' }],
    ['?email', { email: 'ä@example.com' }],
    ['?username', {}],
    ['?username', { username: 'hedy', email: 'hedy@example.com' }],
    ['?username', 'username=a&username=b'],
    ['?email', 'email[]=a@example.com'],
    ['?mobile', { username: 'hedy', mobile: '+12025550147' }],
  ] as [string, Record<string, string> | string][])('refuses what is no name, naming %s: %j', async (pointer, query) => {
    const { status, body } = await ask(query);
    const pointers = (body.errors ?? []).map((problem: { pointer: string }) => problem.pointer);
    expect([status, body.code]).toEqual([422, 'request.invalid']);
    expect(pointers.some((each: string) => each.startsWith(pointer))).toBe(true);
  });

  it('is limited per network, for names that are taken, free or none', async () => {
    const remoteAddress = '198.51.100.1';
    const queries: Record<string, string>[] = [
      { username: 'hedy.lamarr' },
      { email: freshEmail() },
      { username: '1' },
      { email: 'no' },
      { username: 'hedy' },
    ];
    for (const query of queries) expect((await ask(query, remoteAddress)).status).not.toBe(429);
    const refused = await ask({ username: 'hedy' }, remoteAddress);
    expect([refused.status, refused.body.code]).toEqual([429, 'request.throttled']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['ratelimit']).toMatch(/^"availability";r=0;t=\d+$/);
    expect((await ask({ username: 'hedy' })).status).toBe(200);
  });

  it('serves other wire formats through the service', async () => {
    const { email } = await register(app);
    const availability = app.nest.get(AvailabilityService);
    const caller = { ip: '192.0.2.200', userAgent: null, requestId: 'x', limits: [] };
    expect(await availability.isEmailFree(email, caller)).toBe(false);
    expect(await availability.isUsernameFree(`nobody.${process.pid}`, caller)).toBe(true);
    await expect(availability.isUsernameFree('1', caller)).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
