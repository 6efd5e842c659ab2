import { problem } from './api.js';

/** What the model takes for right. */
export const CREDENTIALS = { identifier: 'ada', password: 'four bright birds sing' };
export const CODE = '123456';
export const RECOVERY_CODE = 'abcd-efgh';

const USER = { id: 'ada', email: 'ada@example.com' };
const TTL_SECONDS = 900;

interface OpenSignIn {
  id: string;
  secret: string;
  purpose: string;
  status: string;
  sid?: string;
  isOver?: boolean;
  /** Somebody came back from a provider. */
  hasArrived?: boolean;
}

interface Call {
  method: string;
  path: string;
  body: Record<string, unknown>;
  secret: string | null;
  token: string | null;
  credentials: RequestCredentials;
}

export interface ModelOptions {
  hasPasskeys?: boolean;
  /** What follows the right password. */
  afterPassword?: 'complete' | 'needs_second_factor' | 'needs_enrollment' | 'needs_new_password';
}

/** A server as the client sees it in sign-ins and step-ups: one account, one session for each sign-in that is complete. */
export class SignInModel {
  readonly calls: Call[] = [];
  readonly signIns = new Map<string, OpenSignIn>();
  /** Level and time of the last proof, by session. */
  readonly sessions = new Map<string, { aal: number; authTime: number; refreshToken: string }>();
  /** Sends no answer to the paths that match. */
  lost: RegExp | undefined;
  /** When the next access tokens begin to count, seconds since 1970. */
  now = Math.floor(Date.now() / 1_000);
  private count = 0;

  constructor(private readonly options: ModelOptions = {}) {}

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const text = await request.text();
    const call: Call = {
      method: request.method,
      path: new URL(request.url).pathname,
      body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      secret: request.headers.get('sign-in-secret'),
      token: request.headers.get('authorization')?.slice('Bearer '.length) ?? null,
      credentials: request.credentials,
    };
    this.calls.push(call);
    const response = this.answer(call);
    if (this.lost?.test(call.path) === true) throw new TypeError('the line was lost');
    return response;
  };

  /** Ends a sign-in as its time does. */
  expire(id: string): void {
    this.signIns.get(id)!.isOver = true;
  }

  /** Lets the browser come back from the provider. */
  arrive(id: string): void {
    this.signIns.get(id)!.hasArrived = true;
  }

  /** How often something was asked. */
  times(path: string): number {
    return this.calls.filter((call) => `${call.method} ${call.path.replace(/s-\d+/, '{id}')}` === path).length;
  }

  tokenOf(sid: string): string {
    const { aal, authTime } = this.sessions.get(sid)!;
    this.count += 1;
    const claims = { sid, iat: this.now, exp: this.now + TTL_SECONDS, acr: `urn:latchkey:aal${aal}`, auth_time: authTime, jti: this.count };
    return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
  }

  private answer(call: Call): Response {
    const { method, path, body } = call;
    const at = `${method} ${path.replace(/s-\d+/, '{id}')}`;
    if (at === 'POST /v1/auth/login') return this.login(body);
    if (at === 'POST /v1/auth/refresh') return this.refresh(body);
    if (at === 'POST /v1/auth/logout') return new Response(null, { status: 204 });
    if (at === 'GET /v1/users/me') return this.signedIn(call, 1) ?? Response.json(USER);
    if (at === 'DELETE /v1/users/me' || at === 'POST /v1/users/me/recovery-codes') {
      return (
        this.signedIn(call, 2) ?? (method === 'DELETE' ? new Response(null, { status: 204 }) : Response.json({ recoveryCodes: ['a'] }))
      );
    }
    if (path.startsWith('/v1/users/me/identities')) return this.signedIn(call, 2) ?? this.changeIdentities(call);
    if (at === 'POST /v1/sign-ins') return this.begin(call);
    if (at === 'POST /v1/sign-ins/passkey') return this.beginWithPasskey();
    return this.within(call);
  }

  private changeIdentities({ method, path, body }: Call): Response {
    if (method === 'DELETE') return path.endsWith('/last') ? problem('identity.last_way_in', 409) : new Response(null, { status: 204 });
    const link = { redirectUrl: `https://${String(body.provider)}.example/link`, expiresAt: new Date(Date.now() + 600_000).toISOString() };
    return Response.json(link, { status: 201 });
  }

  private login({ identifier, password }: Record<string, unknown>): Response {
    if (identifier !== CREDENTIALS.identifier || password !== CREDENTIALS.password) return problem('auth.bad_credentials', 401);
    const status = this.options.afterPassword ?? 'complete';
    if (status === 'complete') return Response.json({ ...this.open(1), user: USER });
    const code = status === 'needs_enrollment' ? 'auth.enrollment_required' : 'auth.second_factor_required';
    return problem(code, 403, { signIn: this.shown(this.make('sign_in', status), true) });
  }

  private begin(call: Call): Response {
    const { body } = call;
    if (body.purpose === 'step_up') {
      const refusal = this.signedIn(call, 1);
      if (refusal !== null) return refusal;
      const signIn = this.make('step_up', 'needs_second_factor');
      signIn.sid = sidOf(String(call.token));
      return Response.json(this.shown(signIn, true), { status: 201 });
    }
    if (body.password === undefined) return Response.json(this.shown(this.make('sign_in', 'needs_first_factor'), true), { status: 201 });
    if (body.identifier !== CREDENTIALS.identifier || body.password !== CREDENTIALS.password) return problem('auth.bad_credentials', 401);
    const status = body.deviceToken === 'device-1' ? 'complete' : (this.options.afterPassword ?? 'complete');
    const signIn = this.make('sign_in', status);
    return status === 'complete' ? this.complete(signIn, 1) : Response.json(this.shown(signIn, true), { status: 201 });
  }

  private beginWithPasskey(): Response {
    if (this.options.hasPasskeys === false) return problem('auth.method_disabled', 403);
    const signIn = this.make('sign_in', 'needs_first_factor');
    const expiresAt = new Date(Date.now() + 300_000).toISOString();
    const challenge = {
      id: `c-${signIn.id}`,
      type: 'passkey',
      expiresAt,
      publicKey: { challenge: 'AQID', rpId: 'example.com', allowCredentials: [] },
    };
    return Response.json({ ...this.shown(signIn, true), challenge }, { status: 201 });
  }

  private within({ path, method, body, secret }: Call): Response {
    const id = path.split('/')[3];
    const signIn = this.signIns.get(String(id));
    if (signIn === undefined || signIn.secret !== secret) return problem('sign_in.not_found', 404);
    if (signIn.isOver === true) return problem('sign_in.expired', 410, { restart: { purpose: signIn.purpose } });
    if (method === 'GET')
      return signIn.hasArrived === true ? this.complete(signIn, signIn.purpose === 'step_up' ? 2 : 1) : Response.json(this.shown(signIn));
    if (path.endsWith('/challenges') && body.type === 'provider') {
      if (body.provider !== 'google') return problem('provider.not_found', 404);
      const challenge = { id: 'c', type: 'provider', expiresAt: new Date(Date.now() + 600_000).toISOString() };
      return Response.json({ ...challenge, redirectUrl: `https://google.example/${id}` }, { status: 201 });
    }
    if (path.endsWith('/authenticators/totp')) {
      return Response.json({ id: 't-1', secret: 'JBSWY3DP', otpauthUrl: 'otpauth://totp/x', qrSvg: '<svg/>' }, { status: 201 });
    }
    if (path.endsWith('/confirm')) {
      return body.code === CODE ? this.complete(signIn, 2, { recoveryCodes: ['one', 'two'] }) : problem('factor.invalid', 401);
    }
    return this.attempt(signIn, body);
  }

  private attempt(signIn: OpenSignIn, body: Record<string, unknown>): Response {
    const { status } = signIn;
    if (status === 'needs_second_factor' && ('totp' in body || 'recoveryCode' in body)) {
      if (body.totp !== CODE && body.recoveryCode !== RECOVERY_CODE) return problem('factor.invalid', 401);
      return this.complete(signIn, 2, body.trustDevice === true ? { deviceToken: 'device-1' } : {});
    }
    if (status === 'needs_new_password' && 'newPassword' in body) return this.complete(signIn, 1);
    if (status === 'needs_first_factor' && body.password === CREDENTIALS.password) return this.complete(signIn, 1);
    if (body.challengeId === `c-${signIn.id}`) {
      const { id } = body.credential as { id: string };
      if (id === 'known') return this.complete(signIn, 2);
      return problem('factor.invalid', 401, { unknownCredential: { rpId: 'example.com', credentialId: id } });
    }
    return problem('sign_in.wrong_state', 409);
  }

  private make(purpose: string, status: string): OpenSignIn {
    this.count += 1;
    const signIn = { id: `s-${this.count}`, secret: `secret-${this.count}`, purpose, status };
    this.signIns.set(signIn.id, signIn);
    return signIn;
  }

  private shown({ id, secret, status }: OpenSignIn, isFirst = false): object {
    const factors = status === 'needs_second_factor' ? [{ type: 'totp', role: 'second', authenticatorId: 't-1', name: 'Phone' }] : [];
    return { id, ...(isFirst && { secret }), status, factors, requiredAal: 1, expiresAt: new Date(Date.now() + 900_000).toISOString() };
  }

  private complete(signIn: OpenSignIn, aal: number, more: object = {}): Response {
    this.signIns.delete(signIn.id);
    const { sid } = signIn;
    const tokens = sid === undefined ? { ...this.open(aal), user: USER } : this.raise(sid, aal);
    return Response.json({ ...this.shown({ ...signIn, status: 'complete' }), session: tokens, ...more });
  }

  private open(aal: number): object {
    this.count += 1;
    const sid = `sid-${this.count}`;
    this.sessions.set(sid, { aal, authTime: this.now, refreshToken: `r-${this.count}` });
    return this.tokens(sid, true);
  }

  private raise(sid: string, aal: number): object {
    Object.assign(this.sessions.get(sid)!, { aal, authTime: this.now });
    return this.tokens(sid, false);
  }

  private tokens(sid: string, withRefresh: boolean): object {
    const { refreshToken } = this.sessions.get(sid)!;
    return { accessToken: this.tokenOf(sid), tokenType: 'Bearer', expiresIn: TTL_SECONDS, ...(withRefresh && { refreshToken }) };
  }

  private refresh({ refreshToken }: Record<string, unknown>): Response {
    const found = [...this.sessions].find(([, session]) => session.refreshToken === refreshToken);
    if (found === undefined) return problem('refresh_token.invalid', 401);
    found[1].refreshToken += '+';
    return Response.json({ ...this.tokens(found[0], true), user: USER });
  }

  /** Why not, or null. What changes a credential wants aal2, and a proof of the last five minutes. */
  private signedIn({ token }: Call, level: 1 | 2): Response | null {
    const session = this.sessions.get(sidOf(token ?? ''));
    if (session === undefined) return problem('token.revoked', 401);
    const { acr } = claimsOf(token ?? '');
    if (level === 1 || acr === 'urn:latchkey:aal2') return null;
    return problem('auth.step_up_required', 401, { acrValues: 'urn:latchkey:aal2', maxAge: 300 });
  }
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function sidOf(token: string): string {
  return String(claimsOf(token).sid);
}
