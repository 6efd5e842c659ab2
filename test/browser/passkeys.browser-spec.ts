import type { CDPSession, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, signedIn } from '../support/accounts.js';
import { claimsOf } from '../support/tokens.js';
import { Chromium } from './support/chromium.js';
import { type Site, startSite } from './support/site.js';

/* eslint-disable typescript/no-explicit-any -- options and answers are JSON of every shape */

const PASSKEYS = '/v1/users/me/authenticators/passkeys';

interface VirtualDevice {
  hasResidentKey: boolean;
  hasUserVerification: boolean;
  isUserVerified: boolean;
  defaultBackupEligibility: boolean;
  defaultBackupState: boolean;
}

const PHONE: VirtualDevice = {
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  defaultBackupEligibility: true,
  defaultBackupState: true,
};

describe('passkeys in Chromium', () => {
  let chromium: Chromium;
  let site: Site;
  let page: Page;
  let cdp: CDPSession;
  let user: TestUser;
  beforeAll(async () => {
    [chromium, site] = await Promise.all([Chromium.launch(), startSite({}, 'localhost')]);
  });
  afterAll(() => Promise.all([chromium.quit(), site.stop()]));
  beforeEach(async () => {
    user = await signedIn(site.app);
    const context = await chromium.visit();
    page = await context.newPage();
    await page.goto(`${site.url}/healthz`);
    cdp = await context.newCDPSession(page);
    await cdp.send('WebAuthn.enable', { enableUI: false });
  });
  afterEach(async () => {
    expect(await chromium.leave()).toEqual([]);
  });

  const plugIn = async (device: Partial<VirtualDevice> = {}): Promise<string> => {
    const options = {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      automaticPresenceSimulation: true,
      ...PHONE,
      ...device,
    };
    return (await cdp.send('WebAuthn.addVirtualAuthenticator', { options: options as any })).authenticatorId;
  };
  /** What the browser makes of options of the API; its own code reads them and writes the answer. */
  const create = (options: object): Promise<any> =>
    page.evaluate(async (json: any) => {
      const publicKey = (globalThis as any).PublicKeyCredential.parseCreationOptionsFromJSON(json);
      return (await (globalThis as any).navigator.credentials.create({ publicKey })).toJSON();
    }, options);
  const get = (options: object, mediation = 'optional'): Promise<any> =>
    page.evaluate(
      async ([json, how]: any) => {
        const publicKey = (globalThis as any).PublicKeyCredential.parseRequestOptionsFromJSON(json);
        return (await (globalThis as any).navigator.credentials.get({ publicKey, mediation: how })).toJSON();
      },
      [options, mediation],
    );
  const add = async (): Promise<any> => {
    const options = (await site.app.post(`${PASSKEYS}/options`, {}, { token: user.accessToken })).body;
    return site.app.post(PASSKEYS, { credential: await create(options) }, { token: user.accessToken });
  };
  const start = async (): Promise<any> => (await site.app.post('/v1/sign-ins/passkey', {})).body;
  const answer = ({ id, secret, challenge }: any, credential: object): Promise<any> =>
    site.app.post(`/v1/sign-ins/${id}/attempts`, { challengeId: challenge.id, credential }, { headers: { 'sign-in-secret': secret } });

  it('are registered, and sign in without an address', async () => {
    await plugIn();
    const { status, body } = await add();
    expect([status, body.backupEligible, body.backedUp, body.transports]).toEqual([201, true, true, ['internal']]);
    const signIn = await start();
    const complete = await answer(signIn, await get(signIn.challenge.publicKey));
    expect([complete.status, complete.body.status, complete.body.session.user.id]).toEqual([200, 'complete', user.id]);
    expect(claimsOf(complete.body.session.accessToken).amr).toEqual(['swk', 'user', 'mfa']);
  });

  it('sign in from the autofill of a page', async () => {
    await plugIn();
    expect((await add()).status).toBe(201);
    expect(await page.evaluate('PublicKeyCredential.isConditionalMediationAvailable()')).toBe(true);
    await page.setContent('<input autocomplete="username webauthn" autofocus>');
    const signIn = await start();
    const complete = await answer(signIn, await get(signIn.challenge.publicKey, 'conditional'));
    expect([complete.status, complete.body.session.user.id]).toEqual([200, user.id]);
  });

  it('that cannot leave their device are keys in hardware', async () => {
    await plugIn({ defaultBackupEligibility: false, defaultBackupState: false });
    const { body } = await add();
    expect([body.backupEligible, body.backedUp]).toEqual([false, false]);
    const signIn = await start();
    const complete = await answer(signIn, await get(signIn.challenge.publicKey));
    expect(claimsOf(complete.body.session.accessToken).amr).toEqual(['hwk', 'user', 'mfa']);
  });

  it('are noted as backed up once they are', async () => {
    const authenticatorId = await plugIn({ defaultBackupState: false });
    expect((await add()).body).toMatchObject({ backupEligible: true, backedUp: false });
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    const [credential] = credentials;
    await cdp.send('WebAuthn.setCredentialProperties', {
      authenticatorId,
      credentialId: String(credential?.credentialId),
      backupState: true,
    });
    const signIn = await start();
    const { session } = (await answer(signIn, await get(signIn.challenge.publicKey))).body;
    const { passkeys } = (await site.app.get(PASSKEYS, { token: session.accessToken })).body;
    expect(passkeys).toEqual([expect.objectContaining({ backupEligible: true, backedUp: true })]);
  });

  it('are not made where nobody can be verified', async () => {
    await plugIn({ isUserVerified: false });
    await expect(add()).rejects.toThrow(/NotAllowedError/);
    expect(await site.app.rows('SELECT FROM passkeys JOIN authenticators ON id = authenticator_id WHERE user_id = $1', [user.id])).toEqual(
      [],
    );
  });

  it('are not used where the user is not verified any more', async () => {
    const authenticatorId = await plugIn();
    await add();
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    const signIn = await start();
    await expect(get(signIn.challenge.publicKey)).rejects.toThrow(/NotAllowedError/);
    // A page that asks for less gets an answer, which the server refuses.
    const weak = await get({ ...signIn.challenge.publicKey, userVerification: 'discouraged' });
    expect((await answer(signIn, weak)).body.code).toBe('factor.invalid');
  });

  it('are refused when their counter falls back', async () => {
    const authenticatorId = await plugIn();
    await add();
    const before = (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials[0];
    for (let used = 0; used < 2; used += 1) {
      const signIn = await start();
      expect((await answer(signIn, await get(signIn.challenge.publicKey))).status).toBe(200);
    }
    // A copy that was made before the passkey was used.
    await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: String(before?.credentialId) });
    await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: before as any });
    const signIn = await start();
    expect((await answer(signIn, await get(signIn.challenge.publicKey))).body.code).toBe('factor.invalid');
    const events = await site.app.rows(`SELECT FROM audit_events WHERE action = 'passkey.counter_regressed' AND subject_id = $1`, [
      user.id,
    ]);
    expect(events).toHaveLength(1);
  });

  it('are not registered twice on one device', async () => {
    await plugIn();
    const { body } = await add();
    const signIn = await start();
    const { session } = (await answer(signIn, await get(signIn.challenge.publicKey))).body;
    user = { ...user, accessToken: session.accessToken };
    expect(body.signal.allAcceptedCredentialIds).toHaveLength(1);
    await expect(add()).rejects.toThrow(/InvalidStateError/);
  });
});
