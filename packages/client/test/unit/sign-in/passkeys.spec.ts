import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClient, memoryStorage } from '../../../src/index.js';
import { createPasskey, withSignIn } from '../../../src/sign-in.js';
import { CREDENTIALS, type ModelOptions, SignInModel } from '../support/sign-in-model.js';

type Asked = CredentialRequestOptions & { publicKey: PublicKeyCredentialRequestOptions };

/** A browser with passkeys whose person chooses when the test says so. */
class Browser {
  readonly asked: Asked[] = [];
  readonly told: [string, object][] = [];
  choose: (id: string) => void = () => {};
  refuse: (name: string) => void = () => {};

  readonly get = (options: Asked): Promise<unknown> => {
    this.asked.push(options);
    return new Promise((resolve, reject) => {
      const fail = (name: string): void => reject(Object.assign(new Error(name), { name }));
      options.signal?.addEventListener('abort', () => fail('AbortError'));
      this.refuse = fail;
      this.choose = (id) => resolve(credential(id));
    });
  };
}

const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

/** As a password manager gives it that has no `toJSON`. */
function credential(id: string): object {
  const response = { clientDataJSON: bytes('{}'), authenticatorData: bytes('a?>'), signature: bytes('s'), userHandle: null };
  return { id, rawId: bytes(id), type: 'public-key', authenticatorAttachment: null, getClientExtensionResults: () => ({}), response };
}

describe('passkeys', () => {
  let browser: Browser;
  beforeEach(() => {
    browser = new Browser();
    const tells = (name: string) => [name, async (about: object) => void browser.told.push([name, about])] as const;
    vi.stubGlobal('PublicKeyCredential', {
      isConditionalMediationAvailable: async () => true,
      ...Object.fromEntries(['signalUnknownCredential', 'signalAllAcceptedCredentials', 'signalCurrentUserDetails'].map(tells)),
    });
    vi.stubGlobal('navigator', { credentials: { get: browser.get, create: () => Promise.reject(new Error('No.')) } });
    vi.stubGlobal('document', { visibilityState: 'visible', addEventListener: () => {}, removeEventListener: () => {} });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const make = (options: ModelOptions = {}) => {
    const model = new SignInModel(options);
    return {
      model,
      client: withSignIn(createClient({ url: 'https://accounts.example.com', storage: memoryStorage(), fetch: model.fetch })),
    };
  };
  const asks = (times: number) => vi.waitFor(() => expect(browser.asked).toHaveLength(times));

  it('sign in, with what the browser takes and gives in bytes', async () => {
    const { model, client } = make();
    const signedIn = client.signIn.passkey();
    await asks(1);
    expect(browser.asked[0]?.publicKey.challenge).toEqual(new Uint8Array([1, 2, 3]));
    browser.choose('known');
    expect((await signedIn).data?.status).toBe('complete');
    expect(model.calls.at(-1)?.body.credential).toMatchObject({
      id: 'known',
      rawId: 'a25vd24',
      response: { clientDataJSON: 'e30', authenticatorData: 'YT8-', signature: 'cw' },
    });
    expect((await client.auth.getUser()).data?.user.id).toBe('ada');
  });

  it('are offered in the autofill, where a sign-in with a password ends that', async () => {
    const { client } = make({ afterPassword: 'needs_second_factor' });
    const offered = client.signIn.passkey({ autofill: true });
    await asks(1);
    expect(browser.asked[0]?.mediation).toBe('conditional');
    expect(client.signIn.state).toBeNull();
    expect((await client.signIn.start(CREDENTIALS)).data?.status).toBe('needs_second_factor');
    expect(await offered).toEqual({ data: null, error: null });
    expect(client.signIn.state?.status).toBe('needs_second_factor');
  });

  it('have one question for the autofill and the button, and the autofill goes on after a dialog that was closed', async () => {
    const { model, client } = make();
    const offered = client.signIn.passkey({ autofill: true });
    await asks(1);
    const pressed = client.signIn.passkey();
    await asks(2);
    expect(browser.asked[0]?.signal?.aborted).toBe(true);
    expect(browser.asked[1]?.mediation).toBeUndefined();
    browser.refuse('NotAllowedError');
    expect((await pressed).error?.code).toBe('client.passkey_refused');
    await asks(3);
    browser.choose('known');
    expect((await offered).data?.status).toBe('complete');
    // In cookie mode another sign-in would take the place of this one.
    expect(model.times('POST /v1/sign-ins/passkey')).toBe(1);
  });

  it('have no other question begun by the autofill while the button signs in', async () => {
    const { model, client } = make();
    const offered = client.signIn.passkey({ autofill: true });
    await asks(1);
    const pressed = client.signIn.passkey();
    await asks(2);
    browser.choose('known');
    expect((await pressed).data?.status).toBe('complete');
    expect(await offered).toEqual({ data: null, error: null });
    expect(model.times('POST /v1/sign-ins/passkey')).toBe(1);
  });

  it('leave a sign-in alone that was open before the page was loaded again', async () => {
    const kept = new Map([['latchkey https://accounts.example.com sign-in', '']]);
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    });
    const { model, client } = make({ afterPassword: 'needs_second_factor' });
    await client.signIn.start(CREDENTIALS);
    const reloaded = withSignIn(createClient({ url: 'https://accounts.example.com', storage: memoryStorage(), fetch: model.fetch }));
    expect(await reloaded.signIn.passkey({ autofill: true })).toEqual({ data: null, error: null });
    expect(reloaded.signIn.state?.status).toBe('needs_second_factor');
    expect(model.times('POST /v1/sign-ins/passkey')).toBe(0);
  });

  it('are asked for anew in the autofill before the question is too old', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const { model, client } = make();
    const controller = new AbortController();
    const offered = client.signIn.passkey({ autofill: true, signal: controller.signal });
    await asks(1);
    await vi.advanceTimersByTimeAsync(271_000);
    await asks(2);
    expect(model.times('POST /v1/sign-ins/passkey')).toBe(2);
    controller.abort();
    expect(await offered).toEqual({ data: null, error: null });
  });

  it('are nothing, and no failure, in the autofill of a browser or a server without them', async () => {
    expect(await make({ hasPasskeys: false }).client.signIn.passkey({ autofill: true })).toEqual({ data: null, error: null });
    vi.stubGlobal('PublicKeyCredential', {});
    expect(await make().client.signIn.passkey({ autofill: true })).toEqual({ data: null, error: null });
    vi.stubGlobal('PublicKeyCredential', undefined);
    expect(await make().client.signIn.passkey({ autofill: true })).toEqual({ data: null, error: null });
    expect((await make().client.signIn.passkey()).error?.code).toBe('client.passkey_unsupported');
    expect(browser.asked).toHaveLength(0);
  });

  it('that no account has are told to the browser', async () => {
    const { client } = make();
    const signedIn = client.signIn.passkey();
    await asks(1);
    browser.choose('gone');
    expect((await signedIn).error?.code).toBe('factor.invalid');
    expect(browser.told).toEqual([['signalUnknownCredential', { rpId: 'example.com', credentialId: 'gone' }]]);
  });

  it('that are there already, or cannot be made, have codes of their own', async () => {
    const options = { challenge: 'AQID', user: { id: 'AQID', name: 'ada', displayName: 'Ada' }, excludeCredentials: [] };
    const failing = (name: string) => () => Promise.reject(Object.assign(new Error(name), { name }));
    for (const [name, code] of [
      ['InvalidStateError', 'authenticator.exists'],
      ['NotSupportedError', 'client.passkey_unsupported'],
      ['NotAllowedError', 'client.passkey_refused'],
    ] as const) {
      vi.stubGlobal('navigator', { credentials: { create: failing(name) } });
      expect((await createPasskey(options)).error?.code).toBe(code);
    }
  });
});
