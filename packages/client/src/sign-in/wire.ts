import type { RefreshedView, UserView } from '../generated/types.gen.js';
import { type Api, type CallOptions, type Traits, send } from '../operation.js';
import { type Result, failed, unexpected } from '../result.js';
import type { CreationOptionsJson, RequestOptionsJson } from './webauthn.js';
import type { OfferedFactor, SignInStatus } from './state.js';

/** A sign-in as the server tells it. */
export interface SignInAnswer {
  id: string;
  /** Only in the first answer, and never in cookie mode. */
  secret?: string;
  status: SignInStatus;
  factors?: OfferedFactor[];
  requiredAal?: number;
  expiresAt?: string;
  /** Once: when it is complete. */
  session?: (RefreshedView & { user?: UserView }) | null;
  challenge?: ChallengeAnswer;
  recoveryCodes?: string[];
  /** Where no cookie holds it. */
  deviceToken?: string;
}

/** A question that a factor asks. */
export interface ChallengeAnswer {
  id: string;
  type: string;
  expiresAt: string;
  publicKey?: RequestOptionsJson;
}

/** A TOTP secret that counts as soon as a code of it was typed. */
export interface NewTotp {
  id: string;
  /** For apps that cannot read the picture. Base32. */
  secret: string;
  otpauthUrl: string;
  /** A QR code as SVG. */
  qrSvg: string;
}

/** What begins a sign-in. */
export interface SignInBeginning {
  identifier?: string | undefined;
  password?: string | undefined;
  /** 2: two factors or a passkey, also where the account alone does not require it. */
  requiredAal?: number | undefined;
  returnTo?: string | undefined;
}

/** One proof. */
export type Attempt =
  | { identifier?: string | undefined; password: string }
  | { totp: string }
  | { recoveryCode: string }
  | { challengeId: string; credential: object }
  | { newPassword: string };

/** A sign-in, and what shows that it is one's own. */
export interface Authority {
  id: string;
  /** Absent in cookie mode: the browser has it where no script can read it. */
  secret?: string | undefined;
}

type Body = object | undefined;

/** The requests of sign-ins. */
export function createWire(api: Api) {
  const ask = async <T extends object>(
    method: string,
    path: string,
    { id, secret }: Partial<Authority>,
    body?: Body,
    options?: CallOptions & { token?: string | undefined },
  ): Promise<Result<T>> => {
    const { token, signal } = options ?? {};
    const client: Api = { send: (request) => api.send({ ...request, token }) };
    return send<T, never>(
      { client, signal, path: { id }, headers: { 'Sign-In-Secret': secret }, body },
      method,
      path,
      NO_TRAITS,
    ) as Promise<Result<T>>;
  };
  const signIn = async (answer: Promise<Result<SignInAnswer>>): Promise<Result<SignInAnswer>> => {
    const result = await answer;
    return result.error === null && (typeof result.data.id !== 'string' || typeof result.data.status !== 'string')
      ? failed(unexpected())
      : result;
  };
  return {
    begin: (body: Body, options?: CallOptions & { token?: string | undefined }) => signIn(ask('POST', '/v1/sign-ins', {}, body, options)),
    beginWithPasskey: (body: Body, options?: CallOptions) => signIn(ask('POST', '/v1/sign-ins/passkey', {}, body, options)),
    read: (of: Authority, options?: CallOptions) => signIn(ask('GET', '/v1/sign-ins/{id}', of, undefined, options)),
    challenge: (of: Authority, type: string, options?: CallOptions) =>
      ask<ChallengeAnswer>('POST', '/v1/sign-ins/{id}/challenges', of, { type }, options),
    attempt: (of: Authority, body: Body, options?: CallOptions) => signIn(ask('POST', '/v1/sign-ins/{id}/attempts', of, body, options)),
    addTotp: (of: Authority, name: string | undefined, options?: CallOptions) =>
      ask<NewTotp>('POST', '/v1/sign-ins/{id}/authenticators/totp', of, { name }, options),
    confirmTotp: (of: Authority, authenticatorId: string, code: string, options?: CallOptions) =>
      signIn(ask('POST', `/v1/sign-ins/{id}/authenticators/${encodeURIComponent(authenticatorId)}/confirm`, of, { code }, options)),
    passkeyOptions: (of: Authority, options?: CallOptions) =>
      ask<CreationOptionsJson>('POST', '/v1/sign-ins/{id}/authenticators/passkeys/options', of, {}, options),
    addPasskey: (of: Authority, body: Body, options?: CallOptions) =>
      signIn(ask('POST', '/v1/sign-ins/{id}/authenticators/passkeys', of, body, options)),
  };
}

const NO_TRAITS: Traits = {};
