import { PRESETS } from '../../src/auth/providers/provider.js';
import { type TestUser, signedInAs } from './accounts.js';
import { CLIENT_ID, CLIENT_SECRET, FalseProvider } from './false-provider.js';
import { type TestSignIn, begin } from './sign-ins.js';
import { type Answer, PUBLIC_URL, type TestApp } from './start-app.js';

/** Providers on this machine can be called. */
export const FEDERATED = { OUTBOUND_ALLOW_PRIVATE: 'true', OUTBOUND_TIMEOUT_SECONDS: '2' };

/** Where browsers come back to. */
export const RETURN_TO = 'https://app.example.com/welcome';

let running: Promise<FalseProvider> | undefined;

/** The provider of this worker; its test files use it one after the other. */
export async function falseProvider(): Promise<FalseProvider> {
  running ??= FalseProvider.start(
    ['fake', 'other', 'entra', 'apple', ...PRESETS].map((slug) => `${PUBLIC_URL}/v1/sign-ins/callback/${slug}`),
  );
  const provider = await running;
  provider.reset();
  return provider;
}

let administrator: { app: TestApp; user: TestUser } | undefined;

/** Sets a provider up, as an administrator does. @returns its id */
export async function addProvider(app: TestApp, body: Record<string, unknown>): Promise<string> {
  if (administrator?.app !== app || (await app.rows('SELECT FROM users WHERE id = $1', [administrator.user.id])).length === 0) {
    administrator = { app, user: await signedInAs(app, 'admin') };
  }
  const provider = { slug: 'fake', name: 'Fake', clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, ...body };
  const answer = await app.post('/v1/providers', provider, { token: administrator.user.accessToken });
  if (answer.status !== 201) throw new Error(`provider: ${answer.status} ${answer.text}`);
  return answer.body.id;
}

/** A sign-in that sent its browser to a provider. */
export interface SentSignIn extends TestSignIn {
  redirectUrl: string;
  /** The cookie by which the browser is known. */
  cookie: string;
}

/** Asks for the way to a provider. */
export function ask(app: TestApp, { id, secret }: TestSignIn, provider = 'fake', more: Record<string, unknown> = {}): Promise<Answer> {
  return app.post(`/v1/sign-ins/${id}/challenges`, { type: 'provider', provider, ...more }, { headers: { 'sign-in-secret': secret } });
}

/** Begins a sign-in and asks for the way to a provider; throws if that fails. */
export async function sent(app: TestApp, provider = 'fake', signIn?: TestSignIn): Promise<SentSignIn> {
  const { id, secret } = signIn ?? (await begin(app));
  const answer = await ask(app, { id, secret }, provider);
  if (answer.status !== 201) throw new Error(`challenge: ${answer.status} ${answer.text}`);
  return { id, secret, redirectUrl: answer.body.redirectUrl, cookie: cookieOf(answer) };
}

export function cookieOf({ headers }: Answer): string {
  return String([headers['set-cookie']].flat()[0]).split(';')[0] ?? '';
}

/** Lets the browser come back. @returns where it is sent, or the refusal */
export async function comeBack(app: TestApp, url: URL, cookie: string): Promise<{ status: number; code: string | null; to: URL | null }> {
  const answer = await app.get(`${url.pathname}${url.search}`, { headers: { cookie } });
  const to = answer.status === 303 ? new URL(String(answer.headers['location'])) : null;
  return { status: answer.status, code: to === null ? answer.body.code : to.searchParams.get('error'), to };
}

/** Goes to the provider and back. @returns the sign-in, and the code with which it failed */
export async function signInBy(
  app: TestApp,
  fake: FalseProvider,
  person: Record<string, unknown>,
  { provider = 'fake', signIn }: { provider?: string; signIn?: TestSignIn } = {},
): Promise<TestSignIn & { code: string | null }> {
  fake.person = { sub: `sub-${Math.random()}`, ...person };
  const { id, secret, redirectUrl, cookie } = await sent(app, provider, signIn);
  const { code } = await comeBack(app, await fake.visit(redirectUrl), cookie);
  return { id, secret, code };
}
