import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChallengesService } from '../src/tokens/challenges/challenges.service.js';
import { PASSWORD, freshEmail, register, signedIn } from './support/accounts.js';
import type { ReceivedMail } from './support/mailbox.js';
import { NEW_PASSWORD, isRefused, wrongCode } from './support/password-reset.js';
import { poll } from './support/poll.js';
import { type Answer, type TestApp, sharedApp, startApp } from './support/start-app.js';

const OWNER = '203.0.113.1';
const FIRST = '203.0.113.7';
const STRANGER = '198.51.100.200';

const CLAIM = '/v1/auth/mobile/verification';
const CONFIRM = '/v1/auth/email/verification';

let serial = 0;
/** A number nobody else here uses, E.164. */
function freshMobile(): string {
  serial += 1;
  return `+1212555${4_000 + serial}`;
}

/** Wrong codes of as many networks as are looked at in one window of an account. */
async function flood(code: string, send: (code: string, remoteAddress: string) => Promise<Answer>): Promise<void> {
  for (let i = 1; i <= 10; i += 1) expect(isRefused(await send(wrongCode(code, i), `198.51.100.${i}`))).toBe(true);
}

describe('a code that several people asked for', () => {
  let app: TestApp;
  /** The same with small shares of an address and a number. */
  let small: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ CONTRACTS: 'test-library,user-auth', CONTRACTS_OPEN: 'false' });
    small = await startApp({
      RATE_LIMIT: 'on',
      LIMIT_MAIL_ADDRESS: '2/3600',
      LIMIT_SMS_NUMBER: '2/3600',
      LIMIT_CODES: '1000/900',
      LIMIT_MAIL_REQUESTS: '1000/900',
      LIMIT_REGISTER: '1000/900',
    });
  });
  afterAll(() => Promise.all([app.stop(), small.stop()]));

  const registered = (to: TestApp, body: object, remoteAddress: string): Promise<Answer> =>
    to.post('/v1/auth/register', { password: PASSWORD, ...body }, { remoteAddress });
  const askClaim = async (to: TestApp, mobile: string, remoteAddress: string): Promise<void> => {
    const answer = await to.post(CLAIM, { mobile }, { remoteAddress });
    expect([answer.status, answer.text]).toEqual([202, '']);
    // The number's share would tell that somebody has it.
    expect(answer.headers['ratelimit']).not.toEqual(expect.stringContaining('sms'));
  };
  const claim = (to: TestApp, mobile: string) => (code: string, remoteAddress: string) =>
    to.post(`${CLAIM}/confirm`, { mobile, code, newPassword: NEW_PASSWORD }, { remoteAddress });
  const confirm = (to: TestApp, email: string) => (code: string, remoteAddress: string) =>
    to.post(`${CONFIRM}/confirm`, { email, code, newPassword: NEW_PASSWORD }, { remoteAddress });
  const check = (to: TestApp, identifier: string) => (code: string, remoteAddress: string) =>
    to.post('/v1/auth/password/reset/check', { identifier, code }, { remoteAddress });
  const forgot = (to: TestApp, identifier: string, remoteAddress: string) =>
    to.post('/v1/auth/password/forgot', { identifier }, { remoteAddress });
  /** Lets so many minutes pass for what was sent to an address or number. */
  const age = (to: TestApp, address: string, minutes: number) =>
    to.rows(
      `UPDATE challenges SET created_at = created_at - make_interval(mins => $2), expires_at = expires_at - make_interval(mins => $2)
       WHERE address = $1`,
      [address, minutes],
    );
  const askersOf = async (to: TestApp, address: string): Promise<number | undefined> =>
    (
      await to.rows<{ askers: number }>(
        'SELECT cardinality(askers) AS askers FROM challenges WHERE address = $1 AND superseded_at IS NULL AND consumed_at IS NULL',
        [address],
      )
    )[0]?.askers;
  const isRight = ({ status }: Answer): boolean => status < 300;

  it('by registering an address that somebody else registered: each of the two has tries of their own', async () => {
    for (const by of [OWNER, FIRST]) {
      const email = freshEmail('claimed');
      await registered(app, { email }, FIRST);
      const welcome = await app.mailbox.newest(email);
      expect((await registered(app, { email }, OWNER)).body.code).toBe('user.email_unproven');
      const { secretCode: code } = await app.mailbox.newest(email, welcome);
      // The code on its way stays the same.
      expect(code).toBe(welcome.secretCode);
      await flood(code, confirm(app, email));
      expect(isRefused(await confirm(app, email)(code, '203.0.113.99'))).toBe(true);
      expect((await confirm(app, email)(code, by)).status).toBe(200);
    }
  });

  it('by asking for a reset: who asked for the one before has tries of the newest, too', async () => {
    const { email } = await register(app);
    const before = await app.mailbox.newest(email);
    await forgot(app, email, OWNER);
    const first = await app.mailbox.newest(email, before);
    await forgot(app, email, STRANGER);
    const { secretCode: code } = await app.mailbox.newest(email, first);
    expect(code).not.toBe(first.secretCode);
    await flood(code, check(app, email));
    expect(isRight(await check(app, email)(code, OWNER))).toBe(true);
  });

  it('after strangers used up the mails of an address: who asks in vain has tries of the newest', async () => {
    const { email } = await register(small);
    const mails: ReceivedMail[] = [await small.mailbox.newest(email)];
    await forgot(small, email, STRANGER);
    mails.push(await small.mailbox.newest(email, mails.at(-1)));
    const { secretCode: code } = mails.at(-1)!;
    await forgot(small, email, OWNER);
    expect(await askersOf(small, email)).toBeDefined();
    await flood(code, check(small, email));
    expect(isRight(await check(small, email)(code, OWNER))).toBe(true);
    expect(small.mailbox.count(email)).toBe(2);
  });

  it('has at most ten askers, however many ask at once; networks of one customer are one', async () => {
    const { id, email } = await register(app);
    const challenges = app.nest.get(ChallengesService);
    await app.mailbox.newest(email);
    await Promise.all(
      Array.from({ length: 30 }, (_, i) => challenges.join(id, 'confirm-email', email, `2001:db8:1:${(0xab00 + i).toString(16)}::1`)),
    );
    expect(await askersOf(app, email)).toBe(2);
    await Promise.all(Array.from({ length: 30 }, (_, i) => challenges.join(id, 'confirm-email', email, `192.0.2.${i}`)));
    expect(await askersOf(app, email)).toBe(10);
    await challenges.join(id, 'confirm-email', freshEmail(), '192.0.2.1');
    expect(await askersOf(app, email)).toBe(10);
    const [used] = await app.rows<{ id: string }>('UPDATE challenges SET consumed_at = now() WHERE address = $1 RETURNING id', [email]);
    await challenges.join(id, 'confirm-email', email, '192.0.2.99');
    expect(await app.rows('SELECT cardinality(askers) AS askers FROM challenges WHERE id = $1', [used?.id])).toEqual([{ askers: 10 }]);
  });

  describe('by text message', () => {
    it('stays the same while half its lifetime is left, so that no stranger’s request makes the owner’s worthless', async () => {
      const mobile = freshMobile();
      await registered(app, { mobile }, FIRST);
      await askClaim(app, mobile, OWNER);
      const first = await app.mailbox.newest(mobile);
      expect(first.secretCode).toMatch(/^\d{8}$/);
      await askClaim(app, mobile, STRANGER);
      const second = await app.mailbox.newest(mobile, first);
      expect(second.secretCode).toBe(first.secretCode);
      await age(app, mobile, 8);
      await askClaim(app, mobile, STRANGER);
      const third = await app.mailbox.newest(mobile, second);
      expect(third.secretCode).not.toBe(first.secretCode);
      await flood(third.secretCode, claim(app, mobile));
      // The owner asked for the one before.
      expect((await claim(app, mobile)(third.secretCode, OWNER)).status).toBe(200);
    });

    it('costs strangers all texts of a number without keeping its owner from the account', async () => {
      const mobile = freshMobile();
      await registered(small, { mobile }, FIRST);
      for (let i = 0; i < 6; i += 1) await askClaim(small, mobile, STRANGER);
      const first = await small.mailbox.newest(mobile);
      await askClaim(small, mobile, OWNER);
      await flood(first.secretCode, claim(small, mobile));
      const right = await small.post(`${CLAIM}/confirm`, { mobile, code: first.secretCode }, { remoteAddress: OWNER });
      expect(right.body.code).toBe('auth.proof_required');
      // The second may still be on its way.
      await poll('two texts', () => (small.mailbox.count(mobile) === 2 ? true : undefined));

      // Where no code works, one goes out all the same; of those there is one more share.
      for (let more = 0; more < 2; more += 1) {
        await age(small, mobile, 15);
        const before = await small.mailbox.newest(mobile);
        await askClaim(small, mobile, OWNER);
        const { secretCode: code } = await small.mailbox.newest(mobile, before);
        expect((await small.post(`${CLAIM}/confirm`, { mobile, code }, { remoteAddress: OWNER })).body.code).toBe('auth.proof_required');
      }
      await age(small, mobile, 15);
      await askClaim(small, mobile, OWNER);
      const open = await small.rows('SELECT 1 AS found FROM challenges WHERE address = $1 AND expires_at > now()', [mobile]);
      expect([open, small.mailbox.count(mobile)]).toEqual([[], 4]);
    });

    it('is kept from nobody by a day of wrong codes', async () => {
      const mobile = freshMobile();
      const created = await registered(app, { mobile }, FIRST);
      await askClaim(app, mobile, OWNER);
      const { secretCode: code } = await app.mailbox.newest(mobile);
      await app.rows(
        `INSERT INTO code_tallies (id, day, tries, window_ends_at, window_tries, ends_at)
         SELECT tally, (now() AT TIME ZONE 'UTC')::date, 100, now(), 0, now() + interval '1 day' FROM challenges
         WHERE user_id = $1 AND purpose = 'confirm-mobile'`,
        [created.body.id],
      );
      expect((await claim(app, mobile)(code, OWNER)).status).toBe(200);
    });

    it('of somebody who is signed in outlives the requests of strangers, whose texts do not use up the last one', async () => {
      const mobile = freshMobile();
      const user = await signedIn(small, { mobile });
      const ask = (remoteAddress: string): Promise<Answer> =>
        small.post('/v1/users/me/mobile/verification', undefined, { token: user.accessToken, remoteAddress });
      expect((await ask(OWNER)).status).toBe(202);
      const first = await small.mailbox.newest(mobile);
      for (let i = 0; i < 3; i += 1) await askClaim(small, mobile, STRANGER);
      const second = await small.mailbox.newest(mobile, first);
      expect(second.secretCode).toBe(first.secretCode);
      expect((await ask(OWNER)).status).toBe(429);
      await age(small, mobile, 15);
      expect((await ask(OWNER)).status).toBe(202);
      const { secretCode: code } = await small.mailbox.newest(mobile, second);
      await flood(code, claim(small, mobile));
      const proof = { token: user.accessToken, remoteAddress: OWNER };
      expect((await small.post('/v1/users/me/mobile/verification/confirm', { code }, proof)).body).toMatchObject({ mobileVerified: true });
    });

    it('activates although others asked for it meanwhile', async () => {
      const mobile = freshMobile();
      await registered(app, { mobile }, FIRST);
      const activate = (code: string | undefined, remoteAddress: string): Promise<Answer> =>
        app.post('/contracts/user-auth/user/activate-account/', { mobile, code }, { remoteAddress });
      await activate(undefined, OWNER);
      const first = await app.mailbox.newest(mobile);
      await activate(undefined, STRANGER);
      const { secretCode: code } = await app.mailbox.newest(mobile, first);
      expect([code, code.length]).toEqual([first.secretCode, 8]);
      for (let i = 1; i <= 10; i += 1) expect((await activate(wrongCode(code, i), `198.51.100.${i}`)).status).not.toBe(200);
      expect((await activate(code, OWNER)).status).toBe(200);
    });
  });

  it('goes out once more than strangers can use up, where no code works: confirmation mails, too', async () => {
    const { email } = await register(small);
    const resend = (remoteAddress: string): Promise<Answer> => small.post(CONFIRM, { email }, { remoteAddress });
    const welcome = await small.mailbox.newest(email);
    for (let i = 0; i < 5; i += 1) expect((await resend(STRANGER)).status).toBe(202);
    const second = await small.mailbox.newest(email, welcome);
    expect((await resend(OWNER)).status).toBe(202);
    await flood(second.secretCode, confirm(small, email));
    const right = await small.post(`${CONFIRM}/confirm`, { email, code: second.secretCode }, { remoteAddress: OWNER });
    expect([right.body.code, small.mailbox.count(email)]).toEqual(['auth.proof_required', 2]);
    let newest = second;
    for (let sent = 3; sent <= 4; sent += 1) {
      await age(small, email, 30);
      await resend(OWNER);
      newest = await small.mailbox.newest(email, newest);
    }
    await age(small, email, 30);
    await resend(OWNER);
    expect(await small.rows('SELECT 1 AS found FROM mails WHERE recipient = $1', [email])).toHaveLength(4);
  });
});
