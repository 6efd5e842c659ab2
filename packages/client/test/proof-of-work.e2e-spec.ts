import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail } from '../../../test/support/accounts.js';
import { withSignIn } from '../src/sign-in.js';
import { createServerClient } from '../src/server.js';
import { NEW_PASSWORD, startSdk } from './support/sdk.js';

describe('the SDK, where the server asks for proofs of work', () => {
  let sdk: Awaited<ReturnType<typeof startSdk>>;
  beforeAll(async () => void (sdk = await startSdk({ PROOF_OF_WORK: 'always', PROOF_OF_WORK_ROUNDS: '20' })));
  afterAll(() => sdk.app.stop());

  it('proves them unseen: signing up, resending, resetting', async () => {
    const { client, email, sent } = await sdk.signedUp();
    expect(sent).toEqual(['POST /v1/auth/register', 'POST /v1/auth/register']);
    const first = await sdk.app.mailbox.newest(email);
    expect((await client.auth.resendConfirmation({ email })).error).toBeNull();
    const second = await sdk.app.mailbox.newest(email, first);
    expect((await client.auth.forgotPassword({ identifier: email })).error).toBeNull();
    const { secretCode } = await sdk.app.mailbox.newest(email, second);
    expect((await client.auth.resetPassword({ identifier: email, code: secretCode, newPassword: NEW_PASSWORD })).error).toBeNull();
  });

  it('proves them in a sign-in by code', async () => {
    const email = freshEmail('code');
    const client = withSignIn(sdk.make().client);
    await client.signIn.start({ identifier: email });
    expect((await client.signIn.emailCode.send()).error).toBeNull();
    const { secretCode } = await sdk.app.mailbox.newest(email);
    expect((await client.signIn.emailCode.verify(secretCode)).data?.status).toBe('complete');
  });

  it('proves them on a server that renders pages', async () => {
    const client = createServerClient({ url: sdk.url, cookies: { getAll: () => [], setAll: () => {} } });
    expect((await client.auth.signUp({ email: freshEmail('ssr'), password: PASSWORD })).error).toBeNull();
  });

  it('ends with the call', async () => {
    const { client, sent } = sdk.make();
    const { error } = await client.auth.forgotPassword({ identifier: freshEmail() }, { signal: AbortSignal.abort() });
    expect(error?.code).toBe('client.aborted');
    expect(sent).toEqual([]);
  });
});
