// Checked by `npm run typecheck`: each call fails with the codes that the server documents for it, and with no others.
import { type ErrorCode, type ErrorTexts, type Result, createClient } from '../../src/index.js';
import { type SignInCode, getCurrentUser, signIn } from '../../src/operations.js';

const { api, auth } = createClient({ url: 'http://localhost:3000' });

export async function method(): Promise<string> {
  const { data, error } = await auth.signInWithPassword({ identifier: 'ada', password: 'x' });
  if (error === null) return data.user.id;
  // @ts-expect-error -- no code of a sign-in
  if (error.code === 'book.not_found') return 'Never.';
  return error.code === 'auth.bad_credentials' ? 'Not you.' : error.message;
}

export const good: SignInCode = 'auth.bad_credentials';
// @ts-expect-error -- a code of another operation
export const bad: SignInCode = 'user.email_taken';

export async function raw(): Promise<void> {
  const { data, error } = await signIn({ client: api, body: { identifier: 'ada', password: 'x' } });
  // @ts-expect-error -- there may be no data
  void data.accessToken;
  if (error === null) void data.accessToken;
  else void (error.code === 'client.timeout');
  // @ts-expect-error -- no such code
  void (error?.code === 'no.such_code');
  const me = await getCurrentUser({ client: api });
  // A refresh may fail as well.
  void (me.error?.code === 'refresh_token.reused');
}

/** Any result can be told by one function. */
export const tell = ({ error }: Result<unknown>): ErrorCode | undefined => error?.code;
export const told = async () => [tell(await auth.getUser()), tell(await auth.signOut()), tell(await getCurrentUser({ client: api }))];

// @ts-expect-error -- no such code
export const texts: Partial<ErrorTexts> = { 'no.such_code': '' };
// @ts-expect-error -- a sentence for every code of a sign-in
export const few: ErrorTexts<SignInCode> = { 'auth.bad_credentials': 'Wrong.' };
