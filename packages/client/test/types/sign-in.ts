// Checked by `npm run typecheck`: what `withSignIn` adds, and that the state of a sign-in is a union that the compiler tells apart.
import { type Session, createClient } from '../../src/index.js';
import { type SignIn, withSignIn } from '../../src/sign-in.js';
import { type ServerSession, createServerClient } from '../../src/server.js';

const latchkey = withSignIn(createClient({ url: 'http://localhost:3000' }), {
  onStepUp: async (signIn) => {
    await signIn.totp('123456');
  },
});
const onServer = withSignIn(createServerClient({ url: 'http://localhost:3000', cookies: { getAll: () => [] } }));

export async function browser(): Promise<Session | undefined> {
  const { data, error } = await latchkey.signIn.start({ identifier: 'ada', password: 'x' });
  if (error !== null) return undefined;
  // @ts-expect-error -- not complete yet
  void data.session;
  if (data.status !== 'complete') return undefined;
  return data.session;
}

export async function server(): Promise<ServerSession | undefined> {
  const { data } = await onServer.signIn.totp('123456');
  // @ts-expect-error -- a server keeps no account
  if (data?.status === 'complete') void data.session.user;
  return data?.status === 'complete' ? data.session : undefined;
}

export function wait(state: SignIn): string {
  switch (state.status) {
    case 'needs_first_factor':
    case 'needs_link':
    case 'needs_second_factor':
    case 'needs_enrollment':
    case 'needs_new_password':
      return state.expiresAt;
    case 'complete':
      return state.session.user.id;
    case 'expired':
      return state.id;
  }
}

// @ts-expect-error -- no client of this package
withSignIn({});
