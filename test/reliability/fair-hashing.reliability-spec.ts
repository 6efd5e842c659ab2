import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register } from '../support/accounts.js';
import { type Answer, type TestApp, startApp } from '../support/start-app.js';

const WRONG = 'four bright birds sang';
/** So many sign-ins of one client at a time, and of others after them. */
const FLOOD = 40;
const OTHERS = 5;

describe('the hash queue', () => {
  let app: TestApp;
  // Without limits: the queue alone has to be fair, also to those who always have the right password.
  beforeAll(async () => {
    app = await startApp({ RATE_LIMIT: 'off' });
  });
  afterAll(() => app.stop());

  const login = (identifier: string, password: string, remoteAddress: string): Promise<Answer> =>
    app.post('/v1/auth/login', { identifier, password }, { remoteAddress });

  /** In which order a flood and what others send after it are answered. */
  async function orderOf(flood: (i: number) => Promise<Answer>, others: (i: number) => Promise<Answer>): Promise<string[]> {
    const order: string[] = [];
    const noting = async (name: string, sent: Promise<Answer>): Promise<number> => {
      const { status } = await sent;
      order.push(name);
      return status;
    };
    const first = Array.from({ length: FLOOD }, (_, i) => noting('flood', flood(i)));
    const later = Array.from({ length: OTHERS }, (_, i) => noting('other', others(i)));
    expect(new Set(await Promise.all(later))).toEqual(new Set([200]));
    await Promise.all(first);
    return order;
  }

  const expectFair = (order: string[]): void => {
    // First come, first served would answer every other client after the whole flood.
    expect(order.lastIndexOf('other')).toBeLessThan(FLOOD / 2);
  };

  it('serves other clients in turn while one signs in with a right password again and again', async () => {
    const [attacker, user] = [await register(app), await register(app)];
    expectFair(
      await orderOf(
        () => login(attacker.email, PASSWORD, '198.51.100.7'),
        (i) => login(user.email, PASSWORD, `192.0.2.${i}`),
      ),
    );
  });

  it('counts a /48 as one client that comes from a fresh /64 each time', async () => {
    const user = await register(app);
    expectFair(
      await orderOf(
        (i) => login(freshEmail(), WRONG, `2001:db8:77:${i.toString(16)}00::1`),
        (i) => login(user.email, PASSWORD, `2001:db8:${100 + i}::1`),
      ),
    );
  });

  it('is shared so by registrations, changes and resets: whatever hashes has a caller', async () => {
    const user = await register(app);
    expectFair(
      await orderOf(
        () => app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD }, { remoteAddress: '198.51.100.8' }),
        (i) => login(user.email, PASSWORD, `192.0.2.${i}`),
      ),
    );
  });
});

it('has room for others, and for the same account elsewhere, while one client waits in the throttle', async () => {
  const limited = await startApp({ RATE_LIMIT: 'on', LIMIT_SIGN_IN: '2/900', LIMIT_SIGN_IN_ACCOUNT: '4/900' });
  try {
    const [attacker, user] = [await register(limited), await register(limited)];
    const login = (identifier: string, remoteAddress: string): Promise<Answer> =>
      limited.post('/v1/auth/login', { identifier, password: PASSWORD }, { remoteAddress });
    const order: string[] = [];
    // More than the queue has room for: they wait for each other outside it.
    const flood = Array.from({ length: 300 }, () => login(attacker.email, '198.51.100.7').then(() => void order.push('flood')));
    const others = [login(user.email, '192.0.2.1'), login(attacker.email, '192.0.2.2')];
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([200, 200]);
    expect(order.length).toBeLessThan(30);
    await limited.stop();
    await Promise.allSettled(flood);
  } catch (error) {
    await limited.stop();
    throw error;
  }
});

it('limits wrong passwords, and whatever else is counted, of an IPv6 /48 with a fresh /64 for each try', async () => {
  const limited = await startApp({ RATE_LIMIT: 'on', LIMIT_SIGN_IN_SITE: '6/900', LIMIT_AVAILABILITY: '1/60' });
  try {
    const login = (i: number, site: string): Promise<Answer> =>
      limited.post('/v1/auth/login', { identifier: freshEmail(), password: WRONG }, { remoteAddress: `2001:db8:${site}:${i}::1` });
    const seen: number[] = [];
    for (let i = 0; i < 7; i += 1) seen.push((await login(i, 'aa')).status);
    expect(seen).toEqual([401, 401, 401, 401, 401, 401, 429]);
    expect((await login(0, 'bb')).status).toBe(401);
    // As much as 16 networks.
    const ask = (i: number, site: string): Promise<Answer> =>
      limited.get('/v1/availability?username=ada', { remoteAddress: `2001:db8:${site}:${i}::1` });
    const asked: number[] = [];
    for (let i = 0; i < 17; i += 1) asked.push((await ask(i, 'aa')).status);
    expect(asked).toEqual([...Array(16).fill(200), 429]);
    expect((await ask(0, 'bb')).status).toBe(200);
  } finally {
    await limited.stop();
  }
});
