import { createHash, createPublicKey, generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CLIENT_ID, CLIENT_SECRET } from './false-provider.js';

type Fields = Record<string, unknown>;

/** How a provider behaves, as its documentation says. */
export interface UpstreamShape {
  /** Path of the issuer; its discovery document is below. */
  issuerPath?: string;
  paths: { authorize: string; token: string };
  /** What it does with PKCE: GitHub and others compare it, Facebook does not know it, LinkedIn refuses it. */
  pkce: 'compared' | 'unknown' | 'refused';
  /** Whether its ID tokens have the nonce; false where it does not know it. */
  hasNonce?: boolean;
  /** Where it sends the answer by a form. */
  formPost?: boolean;
  /** Members of its discovery document that differ. */
  metadata?: Fields;
  /** Members of the token endpoint's answer. */
  token?: Fields;
  /** Members of ID tokens; null where it has none. */
  idToken: (() => Fields) | null;
  /** JSON that it tells with an access token, by path. A function sees the query. */
  resources?: Readonly<Record<string, unknown>>;
  /** Further fields of the posted form. */
  posted?: () => Record<string, string>;
  /** The public key that client secrets are made with, for Apple. */
  secretKey?: string;
}

/** Where a provider sends the browser back to. */
export interface WayBackTo {
  url: URL;
  /** The form that the browser posts; null for a redirect. */
  form: Record<string, string> | null;
}

/**
 * A provider on this machine that is as strict and as odd as the one it stands for: it compares client, redirect URI, code and PKCE, wants what
 * the real one wants, and answers in its form.
 */
export class FalseUpstream {
  shape: UpstreamShape = { paths: { authorize: '/authorize', token: '/token' }, pkce: 'compared', idToken: null };
  /** What it refused, and why. */
  readonly refused: string[] = [];
  /** Forms that came to the token endpoint. */
  readonly exchanged: Record<string, string>[] = [];
  private readonly codes = new Map<string, URLSearchParams>();
  private readonly key = generateKeyPairSync('rsa', { modulusLength: 2_048 });

  private constructor(
    readonly origin: string,
    private readonly server: Server,
  ) {}

  static async start(): Promise<FalseUpstream> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const upstream = new FalseUpstream(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      upstream.answer(request, response).catch(() => response.destroy());
    });
    return upstream;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Becomes another provider. @returns its issuer */
  become(shape: UpstreamShape): string {
    this.shape = shape;
    this.refused.length = this.exchanged.length = 0;
    this.codes.clear();
    return this.issuer;
  }

  get issuer(): string {
    return `${this.origin}${this.shape.issuerPath ?? ''}`;
  }

  /** Goes there as a browser does, and consents. */
  async visit(redirectUrl: string): Promise<WayBackTo> {
    const answer = await fetch(redirectUrl, { redirect: 'manual', headers: { 'user-agent': 'a browser' } });
    const location = answer.headers.get('location');
    if (location !== null) return { url: new URL(location), form: null };
    if (answer.status !== 200) throw new Error(`the provider answered ${answer.status}: ${this.refused.join()}`);
    const { url, form } = (await answer.json()) as { url: string; form: Record<string, string> };
    return { url: new URL(url), form };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(String(request.url), this.origin);
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
    };
    const refuse = (why: string, status = 400): void => {
      this.refused.push(why);
      json(status, { error: 'invalid_request', error_description: why });
    };
    // GitHub's API answers nobody without a name.
    if ((request.headers['user-agent'] ?? '') === '') return refuse('no user-agent', 403);
    const { paths, resources = {} } = this.shape;
    if (url.pathname === `${this.shape.issuerPath ?? ''}/.well-known/openid-configuration`) return json(200, this.metadata());
    if (url.pathname === '/keys')
      return json(200, { keys: [{ ...this.key.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] });
    if (url.pathname === paths.authorize) return this.authorize(url.searchParams, response, refuse);
    if (url.pathname === paths.token) return this.exchange(await formOf(request), request, json, refuse);
    if (!Object.hasOwn(resources, url.pathname)) return refuse(`nothing at ${url.pathname}`, 404);
    if (request.headers.authorization !== 'Bearer an-access-token') return refuse('no access token', 401);
    const told = resources[url.pathname];
    json(200, typeof told === 'function' ? (told as (query: URLSearchParams) => unknown)(url.searchParams) : told);
  }

  private authorize(query: URLSearchParams, response: ServerResponse, refuse: (why: string) => void): void {
    const { formPost = false, pkce, posted } = this.shape;
    if (query.get('client_id') !== CLIENT_ID || query.get('response_type') !== 'code') return refuse('client or response type');
    if (pkce === 'compared' && query.get('code_challenge_method') !== 'S256') return refuse('no PKCE');
    if (pkce === 'refused' && query.has('code_challenge')) return refuse('PKCE with a secret');
    if ((query.get('response_mode') === 'form_post') !== formPost) return refuse('response mode');
    const code = randomUUID();
    this.codes.set(code, query);
    const sent = { code, state: query.get('state') ?? '' };
    const back = new URL(query.get('redirect_uri') ?? '');
    if (formPost) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ url: back.href, form: { ...sent, ...posted?.() } }));
      return;
    }
    back.search = new URLSearchParams(sent).toString();
    response.writeHead(302, { location: back.href }).end();
  }

  private exchange(
    form: URLSearchParams,
    { headers }: IncomingMessage,
    json: (status: number, body: unknown) => void,
    refuse: (why: string) => void,
  ): void {
    const { pkce, idToken, hasNonce = true, token = {} } = this.shape;
    this.exchanged.push(Object.fromEntries(form));
    const asked = this.codes.get(form.get('code') ?? '');
    this.codes.delete(form.get('code') ?? '');
    if (asked === undefined) return refuse('code');
    if (form.get('grant_type') !== 'authorization_code' || form.get('redirect_uri') !== asked.get('redirect_uri'))
      return refuse('redirect URI');
    // GitHub answers a form to those who do not ask for JSON.
    if (!String(headers.accept).includes('application/json')) return refuse('no JSON wanted');
    if (form.get('client_id') !== CLIENT_ID || !this.isSecret(form.get('client_secret') ?? '')) return refuse('client');
    const verifier = form.get('code_verifier');
    const isProven = verifier !== null && createHash('sha256').update(verifier).digest('base64url') === asked.get('code_challenge');
    if (pkce === 'compared' && !isProven) return refuse('PKCE');
    if (pkce === 'refused' && verifier !== null) return refuse('verifier with a secret');
    const nonce = hasNonce ? (asked.get('nonce') ?? undefined) : undefined;
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: this.issuer,
      aud: CLIENT_ID,
      iat: now,
      exp: now + 600,
      ...(nonce === undefined ? {} : { nonce }),
      ...idToken?.(),
    };
    json(200, {
      access_token: 'an-access-token',
      token_type: 'bearer',
      ...(idToken === null ? {} : { id_token: this.jwt(claims) }),
      ...token,
    });
  }

  /** A secret as it was given out, or, for Apple, one that its key has made: a JWT of this team, for this client, not older than it may be. */
  private isSecret(secret: string): boolean {
    const { secretKey } = this.shape;
    if (secretKey === undefined) return secret === CLIENT_SECRET;
    const [header = '', payload = '', signature = ''] = secret.split('.');
    const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Fields;
    const { alg, kid } = read(header);
    const { iss, sub, aud, iat, exp } = read(payload);
    const key = { key: createPublicKey(secretKey), dsaEncoding: 'ieee-p1363' } as const;
    const isSigned = verify('sha256', Buffer.from(`${header}.${payload}`), key, Buffer.from(signature, 'base64url'));
    const now = Date.now() / 1_000;
    const isTimely = Number(iat) <= now + 5 && Number(exp) > now && Number(exp) - Number(iat) <= 15_777_000;
    return (
      isSigned &&
      isTimely &&
      alg === 'ES256' &&
      kid === 'F6G7H8I9J0' &&
      iss === 'A1B2C3D4E5' &&
      sub === CLIENT_ID &&
      aud === 'https://appleid.apple.com'
    );
  }

  private metadata(): Fields {
    const { paths, metadata, resources = {} } = this.shape;
    const [userinfo] = Object.keys(resources);
    return {
      issuer: this.issuer,
      authorization_endpoint: this.origin + paths.authorize,
      token_endpoint: this.origin + paths.token,
      jwks_uri: `${this.origin}/keys`,
      ...(userinfo === undefined ? {} : { userinfo_endpoint: this.origin + userinfo }),
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      ...metadata,
    };
  }

  private jwt(claims: Fields): string {
    const signed = [{ alg: 'RS256', kid: 'one' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${signed}.${sign('sha256', Buffer.from(signed), this.key.privateKey).toString('base64url')}`;
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
