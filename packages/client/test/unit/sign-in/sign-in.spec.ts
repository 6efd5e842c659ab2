import { afterEach, describe, expect, it, vi } from 'vitest';
import { createClient, memoryStorage } from '../../../src/index.js';
import { type SignInStatus, withSignIn } from '../../../src/sign-in.js';
import { CODE, CREDENTIALS, type ModelOptions, RECOVERY_CODE, SignInModel } from '../support/sign-in-model.js';

const url = 'https://accounts.example.com';

function make(options: ModelOptions = { afterPassword: 'needs_second_factor' }, model = new SignInModel(options)) {
  const client = withSignIn(createClient({ url, storage: memoryStorage(), fetch: model.fetch }));
  const events: string[] = [];
  const states: (SignInStatus | undefined)[] = [];
  client.auth.onAuthStateChange((event) => void events.push(event));
  return { model, client, events, states, watch: () => client.signIn.onChange((state) => void states.push(state?.status)) };
}

/** What a page finds that is loaded in the same tab. */
function stubTabStorage(): Map<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
  return kept;
}

describe('a sign-in', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it('opens a session at once where a password is enough', async () => {
    const { client, events, states, watch } = make({});
    watch();
    const { data } = await client.signIn.start(CREDENTIALS);
    expect(data).toMatchObject({ status: 'complete', user: { id: 'ada' }, session: { user: { id: 'ada' } } });
    expect((await client.auth.getUser()).data?.user.id).toBe('ada');
    expect(states).toEqual(['complete']);
    expect(events.filter((event) => event === 'signed-in')).toHaveLength(1);
  });

  it('opens none before the second factor, and then one', async () => {
    const { model, client, events, states, watch } = make();
    watch();
    const begun = await client.signIn.start(CREDENTIALS);
    expect(begun.data).toMatchObject({ status: 'needs_second_factor', factors: [{ type: 'totp', name: 'Phone' }] });
    // What shows that the sign-in is one's own is for nobody to see.
    expect(JSON.stringify(begun)).not.toContain('secret-');
    expect((await client.auth.getSession()).data).toEqual({ session: null });
    expect((await client.signIn.totp('000000')).error?.code).toBe('factor.invalid');
    expect(client.signIn.state?.status).toBe('needs_second_factor');
    expect((await client.signIn.totp(CODE)).data?.status).toBe('complete');
    expect((await client.auth.getUser()).error).toBeNull();
    expect(states).toEqual(['needs_second_factor', 'complete']);
    expect(events).toEqual(['initial', 'sign-in', 'signed-in', 'sign-in']);
    expect(model.times('POST /v1/sign-ins/{id}/attempts')).toBe(2);
  });

  it('is none after a wrong password', async () => {
    const { client } = make();
    expect((await client.signIn.start({ ...CREDENTIALS, password: 'wrong' })).error?.code).toBe('auth.bad_credentials');
    expect(client.signIn.state).toBeNull();
    expect((await client.signIn.totp(CODE)).error?.code).toBe('client.no_sign_in');
  });

  it('goes to a provider, and on where the browser comes back', async () => {
    stubTabStorage();
    const assign = vi.fn<(url: string) => void>();
    vi.stubGlobal('location', { href: 'https://app.example.com/', assign });
    const { model, client } = make({});
    const sent = await client.signIn.provider('google', { returnTo: 'https://app.example.com/welcome' });
    const id = String(client.signIn.state?.id);
    expect(sent.data).toEqual({ redirectUrl: `https://google.example/${id}` });
    expect(assign).toHaveBeenCalledExactlyOnceWith(`https://google.example/${id}`);
    const asked = model.calls.at(-1);
    expect(asked).toMatchObject({ body: { type: 'provider', provider: 'google', returnTo: 'https://app.example.com/welcome' } });
    // Otherwise the browser would not keep the cookie by which the server knows it again.
    expect(model.calls.map(({ credentials }) => credentials)).toEqual(['same-origin', 'include']);
    model.arrive(id);
    const page = make({}, model);
    // With the id that the address has: the tab knows the secret of its own.
    expect((await page.client.signIn.resume({ id })).data).toMatchObject({ status: 'complete', user: { id: 'ada' } });
    expect(page.events).toContain('signed-in');
  });

  it('goes to another provider from the sign-in that is open, and tells when there is none', async () => {
    vi.stubGlobal('location', { href: 'https://app.example.com/', assign: () => {} });
    const { model, client } = make({});
    expect((await client.signIn.provider('myspace')).error?.code).toBe('provider.not_found');
    await client.signIn.provider('google');
    expect(model.signIns.size).toBe(1);
  });

  it('takes a recovery code', async () => {
    const { client } = make();
    await client.signIn.start(CREDENTIALS);
    expect((await client.signIn.recoveryCode(RECOVERY_CODE)).data?.status).toBe('complete');
  });

  it('goes on from a sign-in with a password that was refused, whose error shows no secret', async () => {
    const { client } = make();
    const { error } = await client.auth.signInWithPassword(CREDENTIALS);
    expect(error?.code).toBe('auth.second_factor_required');
    expect(`${JSON.stringify(error)} ${String(error)} ${JSON.stringify(Object.entries(error!))}`).not.toContain('secret-');
    expect((await client.signIn.continue(error!)).data?.status).toBe('needs_second_factor');
    expect((await client.signIn.totp(CODE)).data?.status).toBe('complete');
    const other = await client.auth.signInWithPassword({ ...CREDENTIALS, password: 'wrong' });
    expect((await client.signIn.continue(other.error!)).error?.code).toBe('client.no_sign_in');
  });

  it('replaces a password', async () => {
    const { client } = make({ afterPassword: 'needs_new_password' });
    expect((await client.signIn.start(CREDENTIALS)).data?.status).toBe('needs_new_password');
    expect((await client.signIn.newPassword('seven calm rivers run')).data?.status).toBe('complete');
  });

  it('sets up an authenticator app, and keeps the recovery codes to be shown', async () => {
    const { client } = make({ afterPassword: 'needs_enrollment' });
    await client.signIn.start(CREDENTIALS);
    const { data } = await client.signIn.enrollTotp('Phone');
    expect(data?.qrSvg).toBe('<svg/>');
    expect((await client.signIn.confirmTotp(data!.id, '000000')).error?.code).toBe('factor.invalid');
    const done = await client.signIn.confirmTotp(data!.id, CODE);
    expect(done.data).toMatchObject({ status: 'complete', recoveryCodes: ['one', 'two'] });
    expect(client.signIn.state).toMatchObject({ recoveryCodes: ['one', 'two'] });
    client.signIn.cancel();
    expect(client.signIn.state).toBeNull();
    expect((await client.auth.getUser()).error).toBeNull();
  });

  it('trusts the device where that was asked for, also after the next start of the app', async () => {
    const { model, client } = make();
    await client.signIn.start(CREDENTIALS);
    await client.signIn.totp(CODE, { trustDevice: true });
    await client.auth.signOut();
    expect((await client.signIn.start(CREDENTIALS)).data?.status).toBe('complete');
    expect(model.calls.at(-1)?.body).toMatchObject({ deviceToken: 'device-1' });
  });

  it('survives a reload of the page, with a secret and nothing else in the storage of the tab', async () => {
    const kept = stubTabStorage();
    const { model, client } = make();
    await client.signIn.start(CREDENTIALS);
    expect([...kept]).toEqual([[`latchkey ${url} sign-in`, expect.stringMatching(/^s-\d+~secret-\d+$/)]]);
    const reloaded = make({}, model);
    expect(reloaded.client.signIn.state).toBeNull();
    reloaded.watch();
    await vi.waitFor(() => expect(reloaded.states).toEqual(['needs_second_factor']));
    expect((await reloaded.client.signIn.totp(CODE)).data?.status).toBe('complete');
    expect([...kept]).toEqual([]);
  });

  it('in cookie mode keeps the id alone', async () => {
    const kept = stubTabStorage();
    const model = new SignInModel({ afterPassword: 'needs_second_factor' });
    const withoutSecret: typeof globalThis.fetch = async (input, init) => {
      const response = await model.fetch(input, init);
      const { secret: _, ...body } = (await response.json()) as { secret?: string };
      return Response.json(body, { status: response.status });
    };
    const { signIn } = withSignIn(createClient({ url, mode: 'cookie', fetch: withoutSecret }));
    await signIn.start(CREDENTIALS);
    expect([...kept.values()]).toEqual([expect.stringMatching(/^s-\d+~$/)]);
    expect(model.calls[0]?.body.mode).toBe('cookie');
  });

  it('that is over while the page was away is not told of', async () => {
    stubTabStorage();
    const { model, client } = make();
    const { data } = await client.signIn.start(CREDENTIALS);
    model.expire(data!.id);
    const reloaded = make({}, model);
    expect(await reloaded.client.signIn.resume()).toEqual({ data: null, error: null });
    expect(reloaded.client.signIn.state).toBeNull();
  });

  it('that is over before the eyes of the person says so', async () => {
    const { model, client } = make();
    const { data } = await client.signIn.start(CREDENTIALS);
    model.expire(data!.id);
    expect((await client.signIn.totp(CODE)).error?.code).toBe('sign_in.expired');
    expect(client.signIn.state).toEqual({ status: 'expired', id: data!.id });
    expect((await client.signIn.start(CREDENTIALS)).data?.status).toBe('needs_second_factor');
  });

  it('that went on without the client is shown as it is', async () => {
    const { model, client } = make();
    const { data } = await client.signIn.start(CREDENTIALS);
    model.signIns.get(data!.id)!.status = 'needs_new_password';
    expect((await client.signIn.totp(CODE)).error?.code).toBe('sign_in.wrong_state');
    expect(client.signIn.state?.status).toBe('needs_new_password');
  });

  it('is still there when an answer got lost', async () => {
    const { model, client } = make();
    await client.signIn.start(CREDENTIALS);
    model.lost = /attempts/;
    expect((await client.signIn.totp('000000')).error?.code).toBe('client.unreachable');
    model.lost = undefined;
    expect(client.signIn.state?.status).toBe('needs_second_factor');
    expect((await client.signIn.totp(CODE)).data?.status).toBe('complete');
  });

  it('is none that something on the way answers with', async () => {
    const client = withSignIn(
      createClient({ url, storage: memoryStorage(), fetch: async () => Response.json({ message: 'Maintenance' }) }),
    );
    expect((await client.signIn.start(CREDENTIALS)).error?.code).toBe('client.unexpected_answer');
    const complete = { id: 's', status: 'complete', session: { accessToken: 'a' } };
    const odd = withSignIn(createClient({ url, storage: memoryStorage(), fetch: async () => Response.json(complete) }));
    expect((await odd.signIn.start(CREDENTIALS)).error?.code).toBe('client.unexpected_answer');
    expect((await odd.auth.getSession()).data).toEqual({ session: null });
  });

  it('is for clients of this package only', () => {
    expect(() => withSignIn({} as ReturnType<typeof createClient>)).toThrow(TypeError);
  });
});
