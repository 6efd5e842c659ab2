import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { PASSWORD, freshEmail } from '../../../test/support/accounts.js';
import { forgetStep, totpCode, wrongTotp } from '../../../test/support/factors.js';
import { PUBLIC_URL } from '../../../test/support/start-app.js';
import { sidOf } from '../../../test/support/tokens.js';
import { createClient, memoryStorage } from '../src/index.js';
import { withSignIn } from '../src/sign-in.js';
import { BrowserCookies } from './support/browser-cookies.js';
import { startSdk } from './support/sdk.js';

describe('sign-ins of the SDK', () => {
  let sdk: Awaited<ReturnType<typeof startSdk>>;
  beforeAll(async () => void (sdk = await startSdk()));
  afterAll(() => sdk.app.stop());

  const make = () => withSignIn(createClient({ url: sdk.url, storage: memoryStorage() }));

  /** Somebody who signs in with a password and an authenticator app. */
  const withTotp = async () => {
    const { email } = await sdk.signedUp();
    const client = make();
    const credentials = { identifier: email, password: PASSWORD };
    expect((await client.signIn.start(credentials)).data?.status).toBe('complete');
    const { data: totp } = await client.authenticators.addTotp('Phone');
    const { id, secret } = totp!;
    const { data: confirmed } = await client.authenticators.confirmTotp(id, totpCode(secret));
    await forgetStep(sdk.app, id);
    return { client, credentials, id, secret, recoveryCodes: confirmed!.recoveryCodes ?? [] };
  };

  it('set up an authenticator app, and ask for its code from then on', async () => {
    const { credentials, secret, id } = await withTotp();
    const { signIn, auth, authenticators } = make();
    const begun = await signIn.start(credentials);
    expect(begun.data).toMatchObject({
      status: 'needs_second_factor',
      factors: expect.arrayContaining([expect.objectContaining({ type: 'totp' })]),
    });
    expect((await auth.getSession()).data).toEqual({ session: null });
    expect((await signIn.totp(wrongTotp(secret))).error?.code).toBe('factor.invalid');
    expect((await signIn.totp(totpCode(secret))).data).toMatchObject({ status: 'complete', user: { email: credentials.identifier } });
    expect((await auth.getUser()).data?.user.email).toBe(credentials.identifier);
    expect((await authenticators.list()).data).toMatchObject({
      password: true,
      totp: [{ id, name: 'Phone' }],
      recoveryCodes: { left: 10 },
    });
    expect((await authenticators.rename(id, 'Tablet')).error).toBeNull();
    expect((await authenticators.list()).data?.totp[0]?.name).toBe('Tablet');
  });

  it('go on from a form with a password alone, and from a reload', async () => {
    const { credentials, secret, recoveryCodes } = await withTotp();
    const { signIn, auth } = make();
    const { error } = await auth.signInWithPassword(credentials);
    expect(error?.code).toBe('auth.second_factor_required');
    expect((await signIn.continue(error!)).data?.status).toBe('needs_second_factor');
    expect((await signIn.resume()).data?.status).toBe('needs_second_factor');
    expect((await signIn.recoveryCode(String(recoveryCodes[0]))).data?.status).toBe('complete');
    expect((await auth.getUser()).error).toBeNull();
    expect(secret).toBeTruthy();
  });

  it('in cookie mode go on in each tab by itself', async () => {
    const [one, other] = [await withTotp(), await withTotp()];
    const browser = new BrowserCookies();
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init);
      request.headers.set('origin', PUBLIC_URL);
      if (browser.header !== '') request.headers.set('cookie', browser.header);
      const response = await globalThis.fetch(request);
      browser.takeFrom(response);
      return response;
    };
    const openTab = () => withSignIn(createClient({ url: sdk.url, mode: 'cookie', fetch }));
    const [first, second] = [openTab(), openTab()];
    expect((await first.signIn.start(one.credentials)).data?.status).toBe('needs_second_factor');
    expect((await second.signIn.start(other.credentials)).data?.status).toBe('needs_second_factor');
    expect((await first.signIn.resume()).data?.status).toBe('needs_second_factor');
    const done = await first.signIn.totp(totpCode(one.secret));
    expect(done.data).toMatchObject({ status: 'complete', user: { email: one.credentials.identifier } });
    const also = await second.signIn.totp(totpCode(other.secret));
    expect(also.data).toMatchObject({ status: 'complete', user: { email: other.credentials.identifier } });
    expect(browser.all.map(({ name }) => name)).toEqual(['__Host-latchkey-refresh']);
  });

  it('skip the second factor on a device that is trusted', async () => {
    const { credentials, secret } = await withTotp();
    const { signIn, auth } = make();
    await signIn.start(credentials);
    expect((await signIn.totp(totpCode(secret), { trustDevice: true })).data?.status).toBe('complete');
    await auth.signOut();
    expect((await signIn.start(credentials)).data?.status).toBe('complete');
    // Another device does not.
    expect((await make().signIn.start(credentials)).data?.status).toBe('needs_second_factor');
  });

  it('raise the session where a call wants that, and repeat it; the session stays', async () => {
    const { client, id, secret } = await withTotp();
    const before = (await client.auth.getSession()).data!.session!;
    // The session is of before the second factor: it has one factor.
    expect((await client.authenticators.newRecoveryCodes()).error?.code).toBe('auth.step_up_required');
    let dialogs = 0;
    client.stepUp.onChange(() => {
      const open = client.stepUp.current();
      if (open?.state.status !== 'needs_second_factor') return;
      dialogs += 1;
      void open.signIn.totp(totpCode(secret));
    });
    const results = await Promise.all([client.authenticators.newRecoveryCodes(), client.authenticators.rename(id, 'Tablet')]);
    expect(results.map(({ error }) => error)).toEqual([null, null]);
    expect(dialogs).toBe(1);
    const after = (await client.auth.getSession()).data!.session!;
    expect([sidOf(after.accessToken), after.refreshToken]).toEqual([sidOf(before.accessToken), before.refreshToken]);
    // The level outlives a refresh.
    expect((await client.auth.refresh()).error).toBeNull();
    expect((await client.authenticators.newRecoveryCodes()).error).toBeNull();
    expect((await client.authenticators.remove(id)).error).toBeNull();
    expect((await client.authenticators.list()).data?.totp).toEqual([]);
  });

  it('sign up, sign in and step up by a mailed code, and find it after a reload', async () => {
    const email = freshEmail('code');
    const kept = new Map<string, string>();
    const signUp = make();
    await signUp.signIn.start({ identifier: email });
    expect((await signUp.signIn.emailCode.verify('12345678')).error?.code).toBe('client.no_sign_in');
    const sent = await signUp.signIn.emailCode.send();
    expect(sent.data).toMatchObject({ type: 'email_code', maskedTo: `c•••${email.slice(email.indexOf('@'))}` });
    const first = await sdk.app.mailbox.newest(email);
    expect((await signUp.signIn.emailCode.verify(first.secretCode === '12345678' ? '12345679' : '12345678')).error?.code).toBe(
      'factor.invalid',
    );
    expect((await signUp.signIn.emailCode.verify(first.secretCode)).data).toMatchObject({ status: 'complete', user: { email } });
    expect((await signUp.authenticators.list()).data?.password).toBe(false);

    const { accessToken } = (await signUp.auth.getSession()).data!.session!;
    await sdk.app.rows("UPDATE sessions SET auth_time = now() - interval '1 hour' WHERE id = $1", [sidOf(accessToken)]);
    await signUp.auth.refresh();
    let isAsked = false;
    signUp.stepUp.onChange(() => {
      const open = signUp.stepUp.current();
      if (open?.state.status !== 'needs_first_factor' || isAsked) return;
      isAsked = true;
      void open.signIn.emailCode.send().then(async () => {
        await open.signIn.emailCode.verify((await sdk.app.mailbox.newest(email, first)).secretCode);
      });
    });
    expect((await signUp.authenticators.addTotp()).error).toBeNull();
    expect(isAsked).toBe(true);

    // What a reload of the page leaves.
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    };
    vi.stubGlobal('sessionStorage', storage);
    try {
      const before = make();
      await before.signIn.start({ identifier: email });
      const last = await sdk.app.mailbox.newest(email);
      await before.signIn.emailCode.send();
      const { secretCode } = await sdk.app.mailbox.newest(email, last);
      const after = make();
      expect((await after.signIn.resume()).data?.status).toBe('needs_first_factor');
      expect((await after.signIn.emailCode.verify(secretCode)).data?.status).toBe('complete');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('ask for the password again where that was too long ago, and there is nothing else', async () => {
    const { email } = await sdk.signedUp();
    const client = make();
    await client.signIn.start({ identifier: email, password: PASSWORD });
    const { accessToken } = (await client.auth.getSession()).data!.session!;
    await sdk.app.rows("UPDATE sessions SET auth_time = now() - interval '1 hour' WHERE id = $1", [sidOf(accessToken)]);
    await client.auth.refresh();
    expect((await client.authenticators.addTotp()).error?.code).toBe('auth.step_up_required');
    client.stepUp.onChange(() => {
      const open = client.stepUp.current();
      if (open?.state.status === 'needs_first_factor') void open.signIn.password(PASSWORD);
    });
    expect((await client.authenticators.addTotp()).data?.qrSvg).toContain('<svg');
  });

  it('say that they are over when they are', async () => {
    const { credentials, secret } = await withTotp();
    const { signIn } = make();
    const { data } = await signIn.start(credentials);
    await sdk.app.rows("UPDATE sign_ins SET expires_at = now() - interval '1 s' WHERE id = $1", [data!.id]);
    expect((await signIn.totp(totpCode(secret))).error?.code).toBe('sign_in.expired');
    expect(signIn.state?.status).toBe('expired');
    expect((await signIn.start(credentials)).data?.status).toBe('needs_second_factor');
  });
});

describe('sign-ins of the SDK where everybody needs a second factor', () => {
  let sdk: Awaited<ReturnType<typeof startSdk>>;
  beforeAll(async () => void (sdk = await startSdk({ MFA: 'required' })));
  afterAll(() => sdk.app.stop());

  it('set one up on the way, and give the recovery codes', async () => {
    const { email } = await sdk.signedUp();
    const { signIn, auth } = withSignIn(createClient({ url: sdk.url, storage: memoryStorage() }));
    expect((await signIn.start({ identifier: email, password: PASSWORD })).data?.status).toBe('needs_enrollment');
    const { data: totp, error } = await signIn.enrollTotp('Phone');
    expect(error).toBeNull();
    const { data } = await signIn.confirmTotp(totp!.id, totpCode(totp!.secret));
    expect(data).toMatchObject({ status: 'complete', user: { email } });
    expect(data?.status === 'complete' && data.recoveryCodes).toHaveLength(10);
    expect((await auth.getUser()).data?.user.email).toBe(email);
  });
});
