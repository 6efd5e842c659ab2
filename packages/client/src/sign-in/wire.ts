import {
  type CreateSignInChallengeCode,
  type StartPasskeySignInCode,
  addPasskeyInSignIn,
  addTotpInSignIn,
  attemptSignIn,
  confirmTotpInSignIn,
  createSignInChallenge,
  getSignIn,
  startPasskeyInSignIn,
  startPasskeySignIn,
  startSignIn,
} from '../generated/operations.gen.js';
import type {
  AddPasskey,
  AttemptSignIn,
  ChallengeType,
  ChallengeView,
  PasskeySignalView,
  SignInView,
  StartSignIn,
} from '../generated/types.gen.js';
import type { Api, CallOptions } from '../operation.js';
import { type ErrorCode, type Result, failed, unexpected } from '../result.js';
import type { SessionMode } from '../rotation.js';
import type { RequestOptionsJson } from './webauthn.js';

/** A sign-in as the server tells it. */
export interface SignInAnswer extends SignInView {
  /** Of a sign-in that begins with a passkey. */
  challenge?: ChallengeAnswer;
  /** Of a factor that was set up in it. */
  recoveryCodes?: string[];
  signal?: PasskeySignalView;
}

/** A question that a factor asks. */
export type ChallengeAnswer = Omit<ChallengeView, 'publicKey'> & { publicKey?: RequestOptionsJson };

/** What begins a sign-in. */
export interface SignInBeginning {
  identifier?: string | undefined;
  password?: string | undefined;
  /** 2: two factors or a passkey, also where the account alone does not require it. */
  requiredAal?: 1 | 2 | undefined;
  returnTo?: string | undefined;
}

/** One proof. */
export type Attempt =
  | { identifier?: string | undefined; password: string }
  | { totp: string }
  | { recoveryCode: string }
  | { challengeId: string; credential: Record<string, unknown> }
  | { provider: string; idToken: string }
  | { challengeId: string; code: string }
  | { newPassword: string };

/** A sign-in, and what shows that it is one's own. */
export interface Authority {
  id: string;
  /** Absent in cookie mode: the browser has it where no script can read it. */
  secret?: string | undefined;
  /** Id of the code that was sent last. */
  sent?: string | undefined;
}

interface AskOptions extends CallOptions {
  /** Of the session that is to be raised. */
  token?: string | undefined;
}

/** The requests of sign-ins. What the server says of one is checked no further than that it is one. */
export function createWire(api: Api) {
  const client = (token?: string): Api => ({ send: (request) => api.send({ ...request, token }) });
  const signIn = async <Code extends ErrorCode>(answer: Promise<Result<SignInAnswer, Code>>): Promise<Result<SignInAnswer, Code>> => {
    const result = await answer;
    const isOne = result.error !== null || (typeof result.data.id === 'string' && typeof result.data.status === 'string');
    return isOne ? result : failed(unexpected());
  };
  return {
    begin: (body: StartSignIn, { token, ...options }: AskOptions = {}) => signIn(startSignIn({ ...options, client: client(token), body })),
    read: (of: Authority, options?: CallOptions) => signIn(getSignIn({ ...options, client: api, ...authority(of) })),
    challenge: (of: Authority, type: ChallengeType, options?: CallOptions) =>
      createSignInChallenge({ ...options, client: api, ...authority(of), body: { type } }) as Promise<
        Result<ChallengeAnswer, CreateSignInChallengeCode>
      >,
    /** The answer sets a cookie by which the server knows the browser when it comes back. */
    provider: (of: Authority, provider: string, returnTo: string | undefined, options?: CallOptions) =>
      createSignInChallenge({
        ...options,
        client: { send: (request) => api.send({ ...request, cookies: true }) },
        ...authority(of),
        body: { type: 'provider', provider, returnTo },
      }) as Promise<Result<ChallengeAnswer, CreateSignInChallengeCode>>,
    attempt: (of: Authority, body: AttemptSignIn, options?: CallOptions) =>
      signIn(attemptSignIn({ ...options, client: api, ...authority(of), body })),
    beginWithPasskey: (mode: SessionMode, options?: CallOptions) =>
      signIn(startPasskeySignIn({ ...options, client: api, body: { mode } }) as Promise<Result<SignInAnswer, StartPasskeySignInCode>>),
    addTotp: (of: Authority, name: string | undefined, options?: CallOptions) =>
      addTotpInSignIn({ ...options, client: api, ...authority(of), body: name === undefined ? {} : { name } }),
    confirmTotp: (of: Authority, authenticatorId: string, code: string, options?: CallOptions) => {
      const { path, headers } = authority(of);
      return signIn(confirmTotpInSignIn({ ...options, client: api, path: { ...path, authenticatorId }, headers, body: { code } }));
    },
    passkeyOptions: (of: Authority, options?: CallOptions) => startPasskeyInSignIn({ ...options, client: api, ...authority(of) }),
    addPasskey: (of: Authority, body: AddPasskey, options?: CallOptions) =>
      signIn(addPasskeyInSignIn({ ...options, client: api, ...authority(of), body })),
  };
}

function authority({ id, secret }: Authority) {
  return { path: { id }, headers: secret === undefined ? {} : { 'Sign-In-Secret': secret } };
}
