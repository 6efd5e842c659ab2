import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenHousekeeping } from '../src/tokens/sessions/token-housekeeping.service.js';
import { PASSWORD, freshEmail, register } from './support/accounts.js';
import { ContractClient } from './support/contracts.js';
import { type TestProof, solved, withProof } from './support/proofs.js';
import { begin } from './support/sign-ins.js';
import { type Answer, type CallOptions, type TestApp, sharedApp, startApp } from './support/start-app.js';

const FORGOT = '/v1/auth/password/forgot';
const NOT_ASKED = 202;

/** Cheap ones: tests solve many. */
const CHEAP = { PROOF_OF_WORK_ROUNDS: '4' };

const codeOf = ({ status, body }: Answer): [number, string | undefined] => [status, body?.code];
const REQUIRED = [428, 'proof_of_work.required'];
const INVALID = [422, 'proof_of_work.invalid'];

describe('a proof of work', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await sharedApp({ PROOF_OF_WORK: 'always', ...CHEAP });
  });
  afterAll(() => app.stop());

  const forgot = (options?: CallOptions): Promise<Answer> => app.post(FORGOT, { identifier: 'nobody@example.com' }, options);
  const forgotWith = (proof: object): Promise<Answer> => forgot(withProof(proof));

  /** Sends a request without a proof, and again with one. */
  const proven = async (url: string, body: object, options: CallOptions = {}): Promise<Answer> => {
    const asked = await app.post(url, body, options);
    expect(codeOf(asked)).toEqual(REQUIRED);
    const { headers } = withProof(await solved(asked));
    return app.post(url, body, { ...options, headers: { ...options.headers, ...headers } });
  };

  it('is asked for with a challenge that any library of ALTCHA solves', async () => {
    const asked = await forgot();
    expect(codeOf(asked)).toEqual(REQUIRED);
    expect(asked.headers['content-type']).toContain('application/problem+json');
    const { parameters, signature } = asked.body.challenge;
    expect(parameters).toMatchObject({ algorithm: 'PBKDF2/SHA-256', data: { purpose: 'mail' } });
    expect(parameters.expiresAt).toBeGreaterThan(Date.now() / 1_000 + 500);
    expect(parameters.expiresAt).toBeLessThan(Date.now() / 1_000 + 700);
    expect(signature).toMatch(/^[\da-f]{64}$/);
    expect((await forgotWith(await solved(asked))).status).toBe(202);
    // Each is another one.
    expect((await forgot()).body.challenge.parameters.nonce).not.toBe(parameters.nonce);
  });

  it('comes before mails, text messages and registrations, and does what the request says', async () => {
    const email = freshEmail();
    const registered = await proven('/v1/auth/register', { email, password: PASSWORD });
    expect(registered.status).toBe(201);
    expect((await app.mailbox.newest(email)).secretCode).toMatch(/^\d{8}$/);
    expect((await proven('/v1/auth/email/verification', { email })).status).toBe(202);
    expect((await proven('/v1/auth/mobile/verification', { mobile: '+12025550147' })).status).toBe(202);
    const signIn = await begin(app, { identifier: email });
    const code = await proven(
      `/v1/sign-ins/${signIn.id}/challenges`,
      { type: 'email_code' },
      { headers: { 'sign-in-secret': signIn.secret } },
    );
    expect(code.status).toBe(201);
    // A passkey is asked for nothing that costs anybody anything.
    const passkey = await app.post(
      `/v1/sign-ins/${signIn.id}/challenges`,
      { type: 'passkey' },
      { headers: { 'sign-in-secret': signIn.secret } },
    );
    expect(passkey.status).toBe(201);
    // Nor do those who know the password send anything.
    expect((await app.post('/v1/auth/login', { identifier: email, password: PASSWORD })).status).toBe(200);
  });

  it('is used up by one of fifty requests at once, and by none later', async () => {
    const proof = await solved(await forgot());
    const answers = await Promise.all(Array.from({ length: 50 }, () => forgotWith(proof)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 202).map(codeOf)).toEqual(Array.from({ length: 49 }, () => INVALID));
    const late = await forgotWith(proof);
    expect(codeOf(late)).toEqual(INVALID);
    // The refusal has another challenge.
    expect((await forgotWith(await solved(late))).status).toBe(202);
  });

  it('is not one when anything in it was changed', async () => {
    const { challenge, solution } = await solved(await forgot());
    const { parameters } = challenge;
    const other = await solved(await forgot());
    const changed: Record<string, object> = {
      cheaper: { challenge: { ...challenge, parameters: { ...parameters, cost: 1 } }, solution },
      'another prefix': { challenge: { ...challenge, parameters: { ...parameters, keyPrefix: '00' } }, solution },
      'longer good': {
        challenge: { ...challenge, parameters: { ...parameters, expiresAt: Number(parameters.expiresAt) + 600 } },
        solution,
      },
      'another nonce': { challenge: { ...challenge, parameters: { ...parameters, nonce: other.challenge.parameters.nonce } }, solution },
      'another purpose': {
        challenge: { ...challenge, parameters: { ...parameters, data: { ...parameters.data, purpose: 'text' } } },
        solution,
      },
      'without a signature': { challenge: { parameters }, solution },
      'another signature': { challenge: { ...challenge, signature: other.challenge.signature }, solution },
      'no signature of the key': {
        challenge: { ...challenge, parameters: { ...parameters, keySignature: undefined } },
        solution,
      },
      'the solution of another': { challenge, solution: other.solution },
      'a guess': { challenge, solution: { ...solution, derivedKey: parameters.keyPrefix.repeat(2) } },
      'no solution': { challenge },
      'an empty one': {},
      'a list': [challenge, solution],
      'unknown key': { challenge: { ...challenge, parameters: { ...parameters, data: { purpose: 'mail', keyId: 'AAAAAAAA' } } }, solution },
      'a key that is no text': {
        challenge: { ...challenge, parameters: { ...parameters, data: { purpose: 'mail', keyId: { toString: 1, valueOf: 1 } } } },
        solution,
      },
      'no data': { challenge: { ...challenge, parameters: { ...parameters, data: null } }, solution },
      'a prototype': { challenge: { ...challenge, parameters: { ...parameters, nonce: { toString: 1 } } }, solution },
    };
    for (const [what, proof] of Object.entries(changed)) expect([what, ...codeOf(await forgotWith(proof))]).toEqual([what, ...INVALID]);
    for (const text of ['', 'x', '%%%', 'e30=', 'bnVsbA==', 'A'.repeat(8_000)]) {
      const answer = await forgot({ headers: { 'proof-of-work': text } });
      expect([text.slice(0, 9), ...codeOf(answer)]).toEqual([text.slice(0, 9), ...INVALID]);
    }
    // What was sent changed did not use it up.
    expect((await forgotWith({ challenge, solution })).status).toBe(202);
  });

  it('is good for its purpose only', async () => {
    const mail = await solved(await forgot());
    const registration = await app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD }, withProof(mail));
    expect(codeOf(registration)).toEqual(INVALID);
    const text = await app.post('/v1/auth/mobile/verification', { mobile: '+12025550147' }, withProof(mail));
    expect(codeOf(text)).toEqual(INVALID);
    expect((await forgotWith(mail)).status).toBe(202);
  });

  it('is good for ten minutes by the clock of the database', async () => {
    const proof = await solved(await forgot());
    const forged = { ...proof, challenge: { ...proof.challenge, parameters: { ...proof.challenge.parameters, expiresAt: 1 } } };
    expect(codeOf(await forgotWith(forged))).toEqual(INVALID);
    await forgotWith(proof);
    const [row] = await app.rows<{ left: number }>(
      `SELECT extract(epoch FROM expires_at - now())::float AS left FROM proofs_of_work WHERE id = decode($1, 'hex')`,
      [proof.challenge.parameters.nonce],
    );
    expect(row?.left).toBeGreaterThan(500);
    expect(row?.left).toBeLessThanOrEqual(601);
  });

  it('is forgotten when nobody could use it again', async () => {
    const [used, over] = [await solved(await forgot()), await solved(await forgot())];
    for (const proof of [used, over]) await forgotWith(proof);
    const nonces = async (): Promise<string[]> =>
      (await app.rows<{ nonce: string }>(`SELECT encode(id, 'hex') AS nonce FROM proofs_of_work`)).map(({ nonce }) => nonce);
    const [kept, ended] = [used, over].map(({ challenge }) => challenge.parameters.nonce);
    await app.rows(`UPDATE proofs_of_work SET expires_at = now() - interval '61 seconds' WHERE id = decode($1, 'hex')`, [ended]);
    await app.nest.get(TokenHousekeeping).run();
    expect(await nonces()).toContain(kept);
    expect(await nonces()).not.toContain(ended);
  });

  it('is asked for before anything is said of accounts', async () => {
    const email = freshEmail();
    expect((await proven('/v1/auth/register', { email, password: PASSWORD })).status).toBe(201);
    for (const address of [email, freshEmail()]) {
      const asked = await app.post('/v1/auth/register', { email: address, password: PASSWORD });
      expect([address, ...codeOf(asked)]).toEqual([address, ...REQUIRED]);
    }
  });

  it('is kept with an Idempotency-Key: the repeated request gets the answer, not another challenge', async () => {
    const body = { email: freshEmail(), password: PASSWORD };
    const headers = { 'idempotency-key': crypto.randomUUID() };
    const first = await proven('/v1/auth/register', body, { headers });
    expect(first.status).toBe(201);
    const again = await app.post('/v1/auth/register', body, { headers });
    expect([again.status, again.body.id]).toEqual([201, first.body.id]);
  });
});

describe('a proof of work of another server', () => {
  it('is none here', async () => {
    const [here, elsewhere] = await Promise.all([
      sharedApp({ PROOF_OF_WORK: 'always', ...CHEAP }),
      startApp({ PROOF_OF_WORK: 'always', ...CHEAP, APP_SECRET: 'another-secret-0123456789abcdefghijklmnopqrstuvwxyz' }),
    ]);
    try {
      const asked = await elsewhere.post(FORGOT, { identifier: 'nobody@example.com' });
      const proof: TestProof = await solved(asked);
      expect(codeOf(await here.post(FORGOT, { identifier: 'nobody@example.com' }, withProof(proof)))).toEqual(INVALID);
      // Nor when it names a key that is known here.
      const own = (await here.post(FORGOT, { identifier: 'nobody@example.com' })).body.challenge.parameters.data;
      const renamed = { ...proof, challenge: { ...proof.challenge, parameters: { ...proof.challenge.parameters, data: own } } };
      expect(codeOf(await here.post(FORGOT, { identifier: 'nobody@example.com' }, withProof(renamed)))).toEqual(INVALID);
      expect((await elsewhere.post(FORGOT, { identifier: 'nobody@example.com' }, withProof(proof))).status).toBe(202);
    } finally {
      await here.stop();
      await elsewhere.stop();
    }
  });
});

describe('an adaptive server', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({
      RATE_LIMIT: 'on',
      PROOF_OF_WORK: 'adaptive',
      ...CHEAP,
      LIMIT_MAIL_REQUESTS: '1000/900',
      LIMIT_REGISTER: '1000/900',
      CONTRACTS: 'sadhelx',
    });
  });
  afterAll(() => app.stop());

  let networks = 0;
  const freshNetwork = (): string => `203.0.113.${(networks += 1)}`;
  const forgot = (identifier: string, remoteAddress = freshNetwork(), options: CallOptions = {}): Promise<Answer> =>
    app.post(FORGOT, { identifier }, { ...options, remoteAddress });

  /** How many requests go through before a proof is asked for. */
  const freeOf = async (send: () => Promise<Answer>, most = 30): Promise<number> => {
    for (let sent = 0; sent < most; sent += 1) if (codeOf(await send())[0] === 428) return sent;
    return most;
  };

  it('asks after five requests for an address, the registration among them, in whatever spelling, alike whether or not somebody has it', async () => {
    const [{ email }, nobodys] = [await register(app), freshEmail()];
    // As the registration does for the other.
    await forgot(nobodys);
    const spelled = (text: string, at: number): string => [text, text.toUpperCase(), ` ${text}`][at % 3] ?? text;
    for (const address of [email, nobodys]) {
      let sent = 0;
      expect([address, await freeOf(() => forgot(spelled(address, (sent += 1))))]).toEqual([address, 4]);
    }
  });

  it('asks after twenty requests of a network, whatever they are for', async () => {
    const network = freshNetwork();
    let sent = 0;
    const free = await freeOf(() => {
      sent += 1;
      return sent % 2 === 0
        ? forgot(freshEmail(), network)
        : app.post('/v1/auth/register', { email: freshEmail(), password: PASSWORD }, { remoteAddress: network });
    });
    expect(free).toBe(20);
    // Others are not concerned.
    expect((await forgot(freshEmail())).status).toBe(NOT_ASKED);
  });

  it('asks after five wrong passwords for an address, alike whether or not somebody has it', async () => {
    const { email } = await register(app);
    for (const identifier of [email, freshEmail()]) {
      for (let wrong = 0; wrong < 5; wrong += 1) {
        expect((await forgot(freshEmail())).status).toBe(NOT_ASKED);
        await app.post('/v1/auth/login', { identifier, password: 'not the password at all' }, { remoteAddress: freshNetwork() });
      }
      expect([identifier, ...codeOf(await forgot(identifier))]).toEqual([identifier, ...REQUIRED]);
    }
  });

  it('asks after twenty wrong passwords of a network', async () => {
    const network = freshNetwork();
    for (let wrong = 0; wrong < 20; wrong += 1)
      await app.post('/v1/auth/login', { identifier: freshEmail(), password: 'not the password at all' }, { remoteAddress: network });
    expect(codeOf(await forgot(freshEmail(), network))).toEqual(REQUIRED);
  });

  it('lets a proof through, which is one request more, not the end of the questions', async () => {
    const network = freshNetwork();
    const address = freshEmail();
    await freeOf(() => forgot(address, network));
    for (let round = 0; round < 2; round += 1) {
      const asked = await forgot(address, network);
      expect(codeOf(asked)).toEqual(REQUIRED);
      expect((await forgot(address, network, withProof(await solved(asked)))).status).toBe(NOT_ASKED);
    }
  });

  it('looks at no proof where none is asked for', async () => {
    expect((await forgot(freshEmail(), freshNetwork(), { headers: { 'proof-of-work': 'nonsense' } })).status).toBe(NOT_ASKED);
  });

  it('asks for none through a contract, whose document has no word for it', async () => {
    const network = freshNetwork();
    const { email } = await register(app);
    await freeOf(() => forgot(email, network));
    const api = new ContractClient(app, 'sadhelx');
    const { status } = await api.send('POST', '/get-password-reset-code', { identity: email }, { remoteAddress: network });
    expect(status).toBe(200);
  });
});

it('a server that wants no proofs asks for none', async () => {
  const app = await startApp({ RATE_LIMIT: 'on', PROOF_OF_WORK: 'off', LIMIT_MAIL_REQUESTS: '1000/900' });
  try {
    for (let sent = 0; sent < 25; sent += 1) expect((await app.post(FORGOT, { identifier: 'nobody@example.com' })).status).toBe(202);
  } finally {
    await app.stop();
  }
});
