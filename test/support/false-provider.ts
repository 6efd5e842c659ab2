import { type KeyObject, generateKeyPairSync, sign } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Claims of an ID token. */
type Claims = Record<string, unknown>;

/** Somebody with an account at the provider. */
export interface Person extends Claims {
  sub: string;
}

interface Key {
  kid: string;
  privateKey: KeyObject;
  jwk: object;
}

/** What oidc-provider is used for here; it has no types of its own. */
interface OpenIdServer {
  callback(): (request: IncomingMessage, response: ServerResponse) => void;
  interactionFinished(request: IncomingMessage, response: ServerResponse, result: object): Promise<void>;
  use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
  Grant: new (of: object) => { addOIDCScope(scope: string): void; save(): Promise<string> };
}
interface Context {
  oidc?: { route?: string };
  body: Record<string, unknown>;
  status: number;
}

export const CLIENT_ID = 'latchkey-at-provider';
export const CLIENT_SECRET = 'a-secret-of-the-provider-0123456789';

/**
 * An identity provider on this machine: `oidc-provider`, behind which tests can sit and change what it says. Everybody who comes is signed
 * in as `person`.
 */
export class FalseProvider {
  person: Person = { sub: 'somebody' };
  /** Changes ID tokens before they are signed. */
  tamper: (claims: Claims) => Claims = (claims) => claims;
  /** Changes the discovery document. */
  describe: (metadata: Claims) => Claims = (metadata) => metadata;
  /** Answers in place of the provider; true when it did, or left the request without an answer. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean = () => false;
  /** Whether whoever comes goes back without signing in. */
  denies = false;
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  private keys: [Key, ...Key[]] = [newKey()];

  private constructor(
    readonly issuer: string,
    private readonly server: Server,
  ) {}

  /** @param redirectUris where it lets people go back to */
  static async start(redirectUris: string[]): Promise<FalseProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new FalseProvider(issuer, server);
    const openid = await provider.serve(redirectUris);
    const handle = openid.callback();
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const path = String(request.url).split('?')[0] ?? '';
      provider.asked.push(path);
      if (provider.intercept(request, response)) return;
      if (!path.startsWith('/interaction/')) return handle(request, response);
      const result = provider.denies ? { error: 'access_denied' } : { login: { accountId: provider.person.sub } };
      openid.interactionFinished(request, response, result).catch(() => response.destroy());
    });
    return provider;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Undoes what tests have set. */
  reset(): void {
    this.person = { sub: 'somebody' };
    this.tamper = (claims) => claims;
    this.describe = (metadata) => metadata;
    this.intercept = () => false;
    this.denies = false;
    this.asked.length = 0;
  }

  /** From now on it signs with another key, and knows the old one no more. */
  rotateKeys(): void {
    this.keys = [newKey()];
  }

  /** An ID token as the provider signs it. */
  idToken(claims: Claims): string {
    const now = Math.floor(Date.now() / 1_000);
    return jwt(this.keys[0], { iss: this.issuer, aud: CLIENT_ID, iat: now, exp: now + 300, ...claims });
  }

  /**
   * Goes to the provider as a browser does, and signs in there.
   * @returns where it sends the browser back to
   */
  async visit(redirectUrl: string): Promise<URL> {
    const cookies = new Map<string, string>();
    let url = redirectUrl;
    for (let hops = 0; hops < 10; hops += 1) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
      for (const each of answer.headers.getSetCookie()) {
        const [pair = ''] = each.split(';');
        cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      }
      const location = answer.headers.get('location');
      if (location === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
      const next = new URL(location, url);
      if (!next.href.startsWith(this.issuer)) return next;
      url = next.href;
    }
    throw new Error('the provider leads in circles');
  }

  private async serve(redirectUris: string[]): Promise<OpenIdServer> {
    const { info, warn } = console;
    // It wants a newer Node.js than the oldest that this server runs on, and other storage than a test needs, and says so.
    console.info = console.warn = () => {};
    // @ts-expect-error -- it has no types
    const { default: Provider } = (await import('oidc-provider')) as { default: new (issuer: string, options: object) => OpenIdServer };
    const openid: OpenIdServer = new Provider(this.issuer, {
      clients: [
        {
          client_id: CLIENT_ID,
          client_secret: CLIENT_SECRET,
          redirect_uris: redirectUris,
          response_types: ['code'],
          grant_types: ['authorization_code'],
          token_endpoint_auth_method: 'client_secret_post',
          id_token_signed_response_alg: 'ES256',
        },
      ],
      jwks: { keys: [{ ...this.keys[0].privateKey.export({ format: 'jwk' }), kid: 'unused', alg: 'ES256', use: 'sig' }] },
      cookies: { keys: ['only for tests'] },
      // Seconds; without them it says that it chose some.
      ttl: { AccessToken: 300, AuthorizationCode: 60, Grant: 300, IdToken: 300, Interaction: 300, Session: 300 },
      claims: {
        openid: ['sub', 'xms_edov', 'acr'],
        email: ['email', 'email_verified'],
        profile: ['name', 'given_name', 'family_name', 'picture'],
      },
      conformIdTokenClaims: false,
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
      findAccount: (_: unknown, id: string) => ({ accountId: id, claims: () => ({ ...this.person, sub: id }) }),
      loadExistingGrant: async ({ oidc }: { oidc: { session: { accountId: string }; client: { clientId: string } } }) => {
        const grant = new openid.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
    Object.assign(console, { info, warn });
    openid.use(async (context, next) => {
      await next();
      const { oidc: { route } = {}, body } = context;
      if (route === 'jwks') context.body = { keys: this.keys.map(({ jwk }) => jwk) };
      if (route === 'discovery') context.body = this.describe(body);
      if (route === 'token' && typeof body['id_token'] === 'string')
        body['id_token'] = jwt(this.keys[0], this.tamper(claimsOf(body['id_token'])));
    });
    return openid;
  }
}

let serial = 0;

function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  serial += 1;
  const kid = `key-${serial}`;
  return { kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' } };
}

function jwt({ kid, privateKey }: Key, claims: Claims): string {
  const signed = [{ alg: 'ES256', kid }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function claimsOf(token: string): Claims {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
}
