import { describe, expect, it, vi } from 'vitest';
import { type SessionStorage, createClient, memoryStorage } from '../../../src/index.js';
import { type SignInOptions, withSignIn } from '../../../src/sign-in.js';
import { CODE, CREDENTIALS, SignInModel } from '../support/sign-in-model.js';

const url = 'https://accounts.example.com';

async function signedIn(options: SignInOptions = {}, storage: SessionStorage = memoryStorage()) {
  const model = new SignInModel();
  const client = withSignIn(createClient({ url, storage, fetch: model.fetch }), options);
  const events: string[] = [];
  client.auth.onAuthStateChange((event) => void events.push(event));
  expect((await client.signIn.start(CREDENTIALS)).error).toBeNull();
  return { model, client, events, storage };
}

const refreshTokenOf = async (storage: SessionStorage) =>
  (JSON.parse(String(await storage.get())) as { refreshToken: string }).refreshToken;

describe('a call that wants a stronger session', () => {
  it('is sent again after the step-up, once, and the session goes on', async () => {
    const seen: unknown[] = [];
    const { model, client, storage, events } = await signedIn({
      onStepUp: async (signIn) => {
        seen.push(signIn.state?.status);
        expect((await signIn.totp('000000')).error?.code).toBe('factor.invalid');
        await signIn.totp(CODE);
      },
    });
    const before = await refreshTokenOf(storage);
    expect((await client.authenticators.newRecoveryCodes()).data).toEqual({ recoveryCodes: ['a'] });
    expect(seen).toEqual(['needs_second_factor']);
    expect(model.times('POST /v1/users/me/recovery-codes')).toBe(2);
    expect(model.calls.find(({ body }) => body.purpose === 'step_up')?.body).toMatchObject({ requiredAal: 2, maxAge: 300, mode: 'tokens' });
    // The refresh token is the one that the server has.
    expect(await refreshTokenOf(storage)).toBe(before);
    expect((await client.auth.refresh()).error).toBeNull();
    expect((await client.authenticators.newRecoveryCodes()).error).toBeNull();
    expect(events).not.toContain('signed-out');
    // It is no sign-in: what shows those does not show this.
    expect(client.signIn.state?.status).toBe('complete');
  });

  it('shares one dialog with all others', async () => {
    const onStepUp = vi.fn<NonNullable<SignInOptions['onStepUp']>>((signIn) => signIn.totp(CODE));
    const { model, client } = await signedIn({ onStepUp });
    const results = await Promise.all(Array.from({ length: 5 }, () => client.authenticators.newRecoveryCodes()));
    expect(results.map(({ error }) => error)).toEqual([null, null, null, null, null]);
    expect(onStepUp).toHaveBeenCalledTimes(1);
    expect(model.times('POST /v1/users/me/recovery-codes')).toBe(10);
  });

  it.each<[string, SignInOptions['onStepUp']]>([
    ['is closed', async () => {}],
    ['fails', () => Promise.reject(new Error('no dialog'))],
    [
      'throws',
      () => {
        throw new Error('no dialog');
      },
    ],
    ['is cancelled', (signIn) => void setTimeout(() => signIn.cancel())],
  ])('fails as it did when the dialog %s', async (_how, onStepUp) => {
    const { model, client } = await signedIn({ onStepUp });
    expect((await client.authenticators.newRecoveryCodes()).error?.code).toBe('auth.step_up_required');
    expect(model.times('POST /v1/users/me/recovery-codes')).toBe(1);
    expect((await client.auth.getUser()).error).toBeNull();
    expect(client.stepUp.current()).toBeNull();
  });

  it('fails at once where nobody shows a dialog', async () => {
    const { model, client } = await signedIn();
    expect((await client.authenticators.newRecoveryCodes()).error?.code).toBe('auth.step_up_required');
    expect(model.times('POST /v1/sign-ins')).toBe(1);
  });

  it('may take longer than calls do, also one that ends the session', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      let typed = (): void => {};
      const { client } = await signedIn({ onStepUp: (signIn) => void (typed = () => void signIn.totp(CODE)) });
      const deleted = client.profile.delete({ password: CREDENTIALS.password });
      await vi.waitFor(() => expect(client.stepUp.current()?.state.status).toBe('needs_second_factor'));
      await vi.advanceTimersByTimeAsync(120_000);
      typed();
      expect((await deleted).error).toBeNull();
      expect((await client.auth.getSession()).data).toEqual({ session: null });
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not sent for the account that signs in meanwhile, and the dialog is gone', async () => {
    const { model, client } = await signedIn({ onStepUp: () => {} });
    const refused = client.authenticators.newRecoveryCodes();
    await vi.waitFor(() => expect(client.stepUp.current()).not.toBeNull());
    await client.auth.signInWithPassword(CREDENTIALS);
    expect((await refused).error?.code).toBe('auth.step_up_required');
    expect(client.stepUp.current()).toBeNull();
    expect(model.times('POST /v1/users/me/recovery-codes')).toBe(1);
  });

  it('begins again by itself when its time was over', async () => {
    const { model, client } = await signedIn({
      onStepUp: async (signIn) => {
        model.expire(String(signIn.state?.id));
        expect((await signIn.totp(CODE)).data?.status).toBe('complete');
      },
    });
    expect((await client.authenticators.newRecoveryCodes()).error).toBeNull();
  });

  it('goes to a provider in another window, and on here when the person is back', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const other = { location: { href: 'about:blank' }, close: vi.fn<() => void>() };
    const open = vi.fn<(url: string) => unknown>(() => other);
    vi.stubGlobal('open', open);
    try {
      const { model, client } = await signedIn({ onStepUp: () => {} });
      const renewed = client.authenticators.newRecoveryCodes();
      await vi.waitFor(() => expect(client.stepUp.current()).not.toBeNull());
      const { signIn, state } = client.stepUp.current()!;
      expect((await signIn.provider('google')).data).toEqual({ redirectUrl: `https://google.example/${state.id}` });
      expect(open).toHaveBeenCalledExactlyOnceWith('about:blank', '_blank', expect.stringContaining('popup'));
      expect(other.location.href).toBe(`https://google.example/${state.id}`);
      // Nobody is back yet.
      await vi.advanceTimersByTimeAsync(5_000);
      expect(client.stepUp.current()?.state.status).toBe('needs_second_factor');
      expect(other.close).not.toHaveBeenCalled();
      model.arrive(state.id);
      await vi.advanceTimersByTimeAsync(2_000);
      expect((await renewed).data).toEqual({ recoveryCodes: ['a'] });
      expect(other.close).toHaveBeenCalledTimes(1);
      const asked = model.calls.length;
      await vi.advanceTimersByTimeAsync(10_000);
      expect(model.calls).toHaveLength(asked);
    } finally {
      vi.useRealTimers();
      vi.unstubAllGlobals();
    }
  });

  it('does not go to a provider where the browser opens no window, nor to one that there is not', async () => {
    try {
      const { model, client } = await signedIn({ onStepUp: () => {} });
      const refused = client.authenticators.newRecoveryCodes();
      await vi.waitFor(() => expect(client.stepUp.current()).not.toBeNull());
      const { signIn } = client.stepUp.current()!;
      vi.stubGlobal('open', () => null);
      const before = model.calls.length;
      expect((await signIn.provider('google')).error?.code).toBe('client.window_blocked');
      expect(model.calls).toHaveLength(before);
      const other = { location: { href: 'about:blank' }, close: vi.fn<() => void>() };
      vi.stubGlobal('open', () => other);
      expect((await signIn.provider('myspace')).error?.code).toBe('provider.not_found');
      expect(other.close).toHaveBeenCalledTimes(1);
      expect(other.location.href).toBe('about:blank');
      signIn.cancel();
      await refused;
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('links and unlinks accounts at providers after it', async () => {
    const assign = vi.fn<(url: string) => void>();
    vi.stubGlobal('location', { href: 'https://app.example.com/', assign });
    try {
      const { model, client } = await signedIn({ onStepUp: (signIn) => void signIn.totp(CODE) });
      const linked = await client.identities.link('google', { returnTo: 'https://app.example.com/settings' });
      expect(linked.data).toEqual({ redirectUrl: 'https://google.example/link' });
      expect(assign).toHaveBeenCalledExactlyOnceWith('https://google.example/link');
      const sent = model.calls.filter(({ path }) => path === '/v1/users/me/identities');
      expect(sent.at(-1)?.body).toEqual({ provider: 'google', returnTo: 'https://app.example.com/settings' });
      // Otherwise the browser would not keep the cookie by which the server knows it again.
      expect(sent.map(({ credentials }) => credentials)).toEqual(['include', 'include']);
      expect((await client.identities.unlink('i-1')).data).toBeNull();
      expect((await client.identities.unlink('i-1')).error).toBeNull();
      expect((await client.identities.unlink('last')).error?.code).toBe('identity.last_way_in');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('is given up when its caller does', async () => {
    const { client } = await signedIn({ onStepUp: () => {} });
    const controller = new AbortController();
    const refused = client.authenticators.newRecoveryCodes({ signal: controller.signal });
    await vi.waitFor(() => expect(client.stepUp.current()).not.toBeNull());
    controller.abort();
    expect((await refused).error?.code).toBe('auth.step_up_required');
    client.stepUp.current()?.signIn.cancel();
  });
});

describe('stepUp', () => {
  it('asks nobody who has shown that much a moment ago', async () => {
    const { model, client } = await signedIn({ onStepUp: (signIn) => void signIn.totp(CODE) });
    expect((await client.stepUp({ aal: 2, maxAgeSeconds: 300 })).error).toBeNull();
    const before = model.times('POST /v1/sign-ins');
    expect((await client.stepUp({ aal: 2, maxAgeSeconds: 300 })).error).toBeNull();
    expect(model.times('POST /v1/sign-ins')).toBe(before);
  });

  it('is for whoever listens to show, and tells how it goes', async () => {
    const { client } = await signedIn();
    const seen: unknown[] = [];
    client.stepUp.onChange(() => seen.push(client.stepUp.current()?.state.status ?? null));
    const raised = client.stepUp({ aal: 2 });
    await vi.waitFor(() => expect(seen).toContain('needs_second_factor'));
    await client.stepUp.current()?.signIn.totp(CODE);
    expect((await raised).data?.session.user.id).toBe('ada');
    expect(seen).toEqual(['needs_second_factor', 'complete', null]);
  });

  it('needs somebody who is signed in', async () => {
    const client = withSignIn(createClient({ url, storage: memoryStorage(), fetch: new SignInModel().fetch }));
    expect((await client.stepUp({ aal: 2 })).error?.code).toBe('client.signed_out');
  });

  it('is cancelled as calls are', async () => {
    const { client } = await signedIn({ onStepUp: (signIn) => signIn.cancel() });
    expect((await client.stepUp({ aal: 2 })).error?.code).toBe('client.aborted');
  });
});
