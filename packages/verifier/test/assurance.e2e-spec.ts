import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, signedIn } from '../../../test/support/accounts.js';
import { type TestTotp, addTotp, totpCode } from '../../../test/support/factors.js';
import { PUBLIC_URL, type TestApp, sharedApp } from '../../../test/support/start-app.js';
import { type Verifier, createVerifier } from '../src/index.js';

const SECRET = 'a+secret/of:a-backend==%41';
const STRONG = { acr: 'urn:latchkey:aal2', maxAgeSeconds: 300 };

describe('the verifier and second factors', () => {
  let app: TestApp;
  let verifier: Verifier;
  let email: string;
  let phone: TestTotp;
  let weak: string;
  beforeAll(async () => {
    app = await sharedApp({ OAUTH_CLIENTS: `books:${SECRET}` });
    verifier = createVerifier({ issuer: PUBLIC_URL, url: await app.listen(), clientId: 'books', clientSecret: SECRET });
    await verifier.ready(120);
    const user = await signedIn(app);
    ({ email } = user);
    phone = await addTotp(app, user.accessToken);
    weak = user.accessToken;
  });
  afterAll(async () => {
    verifier.close();
    await app.stop();
  });

  /** The access token of a sign-in with this second factor. */
  const signIn = async (proof: object): Promise<string> => {
    const { body } = await app.post('/v1/sign-ins', { identifier: email, password: PASSWORD });
    const { body: done } = await app.post(`/v1/sign-ins/${body.id}/attempts`, proof, { headers: { 'sign-in-secret': body.secret } });
    expect(done.status).toBe('complete');
    return done.session.accessToken;
  };

  it('let two factors pass, and one only where one is enough', async () => {
    const strong = await signIn({ totp: totpCode(phone.secret) });
    expect(await verifier.verify(strong, STRONG)).toMatchObject({ acr: 'urn:latchkey:aal2', amr: expect.arrayContaining(['pwd', 'otp']) });
    await expect(verifier.verify(weak, STRONG)).rejects.toMatchObject({ code: 'auth.step_up_required' });
    expect((await verifier.verify(weak, { acr: 'urn:latchkey:aal1' })).acr).toBe('urn:latchkey:aal1');
  });

  it('take a recovery code for one factor, unless the route says otherwise', async () => {
    const recovered = await signIn({ recoveryCode: phone.recoveryCodes[0] });
    const claims = await verifier.verify(recovered);
    expect(claims).toMatchObject({ acr: 'urn:latchkey:aal2', recovered: true });
    await expect(verifier.verify(recovered, STRONG)).rejects.toMatchObject({ code: 'auth.step_up_required', status: 401 });
    expect((await verifier.verify(recovered, { ...STRONG, recovered: true })).sub).toBe(claims.sub);
    expect((await verifier.verify(recovered, { acr: 'urn:latchkey:aal1' })).sub).toBe(claims.sub);
  });
});
