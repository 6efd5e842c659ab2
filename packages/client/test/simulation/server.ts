import { RotationModel } from './rotation.js';

/** Lifetime of an access token, seconds. */
const ACCESS_TTL_SECONDS = 900;

export interface Ask {
  method: string;
  path: string;
  token: string | undefined;
  cookie: string | undefined;
  body: Record<string, unknown>;
}

export interface Reply {
  status: number;
  body?: object;
  /** The refresh cookie that the browser is to have from now on; empty to take it away. */
  cookie?: string;
}

interface AccessClaims {
  sub: string;
  sid: string;
  iat: number;
  exp: number;
}

/** A server in memory, whose sessions rotate like those of a real one. */
export class ServerModel {
  readonly rotation: RotationModel;
  /** Whose sessions are whose. */
  readonly accounts = new Map<string, string>();
  /** Which accounts sent a change under its mark. */
  readonly marks = new Map<string, Set<string>>();
  exchanges = 0;
  private issued = 0;

  constructor(
    private readonly now: () => number,
    onEnd: (session: string, reason: string) => void,
  ) {
    this.rotation = new RotationModel(onEnd);
  }

  handle(ask: Ask): Reply {
    switch (`${ask.method} ${ask.path}`) {
      case 'POST /v1/auth/login':
        return this.signIn(ask);
      case 'POST /v1/auth/refresh':
        return this.refresh(ask);
      case 'POST /v1/auth/logout':
        return this.signOut(ask);
      default:
        return this.me(ask);
    }
  }

  private signIn({ body, cookie }: Ask): Reply {
    const account = String(body.identifier);
    // In the order of time, as UUIDs of version 7 are.
    const session = `session-${String(this.accounts.size).padStart(3, '0')}`;
    this.accounts.set(session, account);
    const isCookie = body.session === 'cookie';
    if (isCookie && cookie !== undefined) this.rotation.end(read(cookie).session, 'replaced');
    return this.issue(session, this.rotation.open(session), isCookie);
  }

  private refresh({ body, cookie }: Ask): Reply {
    const isCookie = body.refreshToken === undefined;
    const token = (body.refreshToken ?? cookie) as string | undefined;
    if (token === undefined) return { status: 204 };
    const { session, counter } = read(token);
    this.exchanges += 1;
    const found = this.rotation.exchange(session, counter, body.attemptKey as string | undefined, this.now());
    if (typeof found === 'number') return this.issue(session, found, isCookie);
    const gone = isCookie ? { cookie: '' } : {};
    if (found === 'invalid' && body.ifSignedIn === true) return { status: 204, ...gone };
    return { ...refusal(401, `refresh_token.${found}`), ...gone };
  }

  private signOut({ token, body, cookie }: Ask): Reply {
    const claims = token === undefined ? undefined : claimsOf(token);
    const session = claims?.sid ?? read((body.refreshToken ?? cookie ?? '') as string).session;
    if (claims !== undefined && !this.isGood(claims)) return refusal(401, 'token.revoked');
    this.rotation.end(session, 'sign-out');
    return { status: 204, ...(cookie === undefined ? {} : { cookie: '' }) };
  }

  private me({ method, token, body }: Ask): Reply {
    if (token === undefined) return refusal(401, 'access.unauthenticated');
    const claims = claimsOf(token);
    if (method === 'PATCH') {
      const mark = String(body.firstName);
      this.marks.set(mark, (this.marks.get(mark) ?? new Set()).add(claims.sub));
    }
    return this.isGood(claims) ? { status: 200, body: userOf(claims.sub) } : refusal(401, 'token.revoked');
  }

  private isGood({ sid, exp }: AccessClaims): boolean {
    return this.rotation.isLive(sid) && exp * 1_000 > this.now();
  }

  private issue(session: string, counter: number, isCookie: boolean): Reply {
    const account = String(this.accounts.get(session));
    const iat = Math.floor(this.now() / 1_000);
    const claims: AccessClaims = { sub: account, sid: session, iat, exp: iat + ACCESS_TTL_SECONDS };
    this.issued += 1;
    const accessToken = `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${this.issued}`;
    const refreshToken = `${session}_${counter}`;
    const body = { accessToken, tokenType: 'Bearer', expiresIn: ACCESS_TTL_SECONDS, user: userOf(account) };
    return isCookie ? { status: 200, body, cookie: refreshToken } : { status: 200, body: { ...body, refreshToken } };
  }
}

export function read(token: string): { session: string; counter: number } {
  const [session = '', counter] = token.split('_');
  return { session, counter: Number(counter) };
}

export function claimsOf(token: string): AccessClaims {
  return JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString()) as AccessClaims;
}

function userOf(account: string): object {
  return { id: account, email: `${account}@example.com` };
}

function refusal(status: number, code: string): Reply {
  return { status, body: { type: 'about:blank', title: code, status, code, detail: code } };
}
