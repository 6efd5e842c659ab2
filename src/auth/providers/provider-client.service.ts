import { Injectable, Logger } from '@nestjs/common';
import type * as OpenId from 'openid-client';
import { OutboundError } from '../../outbound/outbound-error.js';
import { Outbound } from '../../outbound/outbound.service.js';
import { Settings } from '../../config/settings.js';
import { appleClientSecret } from './apple-secret.js';
import {
  NotReauthenticatedError,
  ProviderAnswerError,
  ProviderDeniedError,
  ProviderNotFoundError,
  ProviderUnavailableError,
} from './errors.js';
import { PRESET_ROWS, type Preset, canReauthenticate } from './presets.js';
import type { Provider, UpstreamIdentity } from './provider.js';
import type { StoredProvider } from './provider.entity.js';
import { ProviderMetadata, describe } from './provider-metadata.service.js';
import { ProviderSecrets } from './provider-secrets.service.js';
import { ProvidersRepository } from './providers.repository.js';
import { type Claims, filledUp, toIdentity } from './upstream-profile.js';

type Library = typeof OpenId;

/** What a request to a provider is made of; its answer is checked against it. */
export interface UpstreamRequest {
  /** Where to send the browser. */
  url: string;
  state: string;
  /** Absent where the provider has no ID tokens, or none with a nonce. */
  nonce: string | null;
  verifier: string | null;
}

/** Loading it takes time and memory that servers without providers do not spend. */
let library: Promise<Library> | undefined;
const load = (): Promise<Library> => (library ??= import('openid-client'));

/** Speaks to providers: OpenID Connect and OAuth 2, with every check that the standards ask for. */
@Injectable()
export class ProviderClient {
  private readonly logger = new Logger('ProviderClient');

  constructor(
    private readonly providers: ProvidersRepository,
    private readonly metadata: ProviderMetadata,
    private readonly secrets: ProviderSecrets,
    private readonly outbound: Outbound,
    private readonly settings: Settings,
  ) {}

  /**
   * Makes a request: what to send the browser to, and what its answer has to match.
   * @param reauthenticates whether the provider has to ask for a proof again, and to say when it got one
   * @throws ProviderNotFoundError, ProviderUnavailableError; NotReauthenticatedError when it cannot do that
   */
  async ask({ id }: Provider, redirectUri: string, { reauthenticates }: { reauthenticates: boolean }): Promise<UpstreamRequest> {
    const provider = await this.stored(id);
    if (reauthenticates && !canReauthenticate(provider)) throw new NotReauthenticatedError();
    const openid = await load();
    const { config } = await this.configure(openid, provider);
    const { lacks = [], responseMode } = presetOf(provider);
    const state = openid.randomState();
    const nonce = provider.kind === 'oauth2' || lacks.includes('nonce') ? null : openid.randomNonce();
    const verifier = lacks.includes('pkce') ? null : openid.randomPKCECodeVerifier();
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: provider.scopes.join(' '),
      state,
      ...(nonce === null ? {} : { nonce }),
      ...(verifier === null ? {} : { code_challenge: await openid.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' }),
      ...(responseMode === undefined ? {} : { response_mode: responseMode }),
      // Both: who asks for an age is told when the proof was given, and some providers know only the other word.
      ...(reauthenticates ? { prompt: 'login', max_age: '0' } : {}),
    });
    return { url: url.href, state, nonce, verifier };
  }

  /**
   * Exchanges the provider's answer for what it knows of the person, and checks all of it: issuer (RFC 9207), state, PKCE, and the ID
   * token's signature, issuer, audience, nonce and times.
   * @param answer the redirect URI with what the provider added
   * @throws ProviderDeniedError when the provider refused; ProviderAnswerError when the answer does not hold; ProviderUnavailableError
   */
  async redeem({ id }: Provider, answer: URL, { state, nonce, verifier }: Omit<UpstreamRequest, 'url'>): Promise<UpstreamIdentity> {
    const provider = await this.stored(id);
    const openid = await load();
    const { config, failure } = await this.configure(openid, provider);
    return this.checked(
      openid,
      provider,
      failure,
      async () => {
        const tokens = await openid.authorizationCodeGrant(config, answer, {
          expectedState: state,
          ...(nonce === null ? {} : { expectedNonce: nonce }),
          ...(verifier === null ? {} : { pkceCodeVerifier: verifier }),
          idTokenExpected: provider.kind === 'oidc',
        });
        const claims = tokens.claims();
        return { ...claims, ...(await this.userinfo(openid, config, provider, tokens.access_token, claims)) };
      },
      config,
    );
  }

  /**
   * Checks an ID token that an app got from the provider itself.
   * @param nonce the one that the app had put into it
   * @throws as `redeem`
   */
  async readIdToken({ id }: Provider, idToken: string, nonce: string): Promise<UpstreamIdentity> {
    const provider = await this.stored(id);
    if (provider.kind !== 'oidc') throw new ProviderAnswerError();
    const openid = await load();
    const { config, failure } = await this.configure(openid, provider);
    openid.useIdTokenResponseType(config);
    const answer = new URL(`https://app.invalid/#${new URLSearchParams({ id_token: idToken }).toString()}`);
    return this.checked(openid, provider, failure, () => openid.implicitAuthentication(config, answer, nonce), config);
  }

  private async checked(
    openid: Library,
    provider: StoredProvider,
    failure: Failure,
    redeem: () => Promise<Claims>,
    config: OpenId.Configuration,
  ): Promise<UpstreamIdentity> {
    try {
      const identity = toIdentity(provider.preset, provider.issuer, await redeem());
      if (identity === null) throw new Error('It names nobody');
      this.metadata.keepKeys(provider, openid.getJwksCache(config));
      return identity;
    } catch (error) {
      if (failure.cause !== undefined) {
        this.logger.warn(`Provider ${provider.slug}: ${describe(failure.cause)}`);
        throw new ProviderUnavailableError(failure.cause);
      }
      if (error instanceof openid.AuthorizationResponseError) throw new ProviderDeniedError(error);
      this.logger.warn(`Provider ${provider.slug}: ${describe(error)}`);
      throw new ProviderAnswerError(error);
    }
  }

  /** What the ID token does not tell. */
  private async userinfo(
    openid: Library,
    config: OpenId.Configuration,
    { kind, preset, endpoints }: StoredProvider,
    accessToken: string,
    claims: OpenId.IDToken | undefined,
  ): Promise<Claims> {
    if (kind === 'oidc') {
      const isTold = claims === undefined || claims['email'] !== undefined || config.serverMetadata().userinfo_endpoint === undefined;
      // The subject is checked.
      return isTold ? {} : filledUp(claims, await openid.fetchUserInfo(config, accessToken, claims.sub));
    }
    const told = await this.read(openid, config, accessToken, String(endpoints?.userinfo));
    if (preset !== 'github') return told as Claims;
    // The profile has one address at most, and does not say whether it was proven.
    const emails = await this.read(openid, config, accessToken, new URL('/user/emails', endpoints?.userinfo).href);
    const primary = Array.isArray(emails) ? (emails as Claims[]).find((each) => each['primary'] === true) : undefined;
    return { ...(told as Claims), email: primary?.['email'], email_verified: primary?.['verified'] };
  }

  private async read(openid: Library, config: OpenId.Configuration, accessToken: string, url: string): Promise<unknown> {
    const answer = await openid.fetchProtectedResource(
      config,
      accessToken,
      new URL(url),
      'GET',
      undefined,
      new Headers({ accept: 'application/json' }),
    );
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    return answer.json();
  }

  /** The library's view of a provider, and what went wrong on the way to it. */
  private async configure(openid: Library, provider: StoredProvider): Promise<{ config: OpenId.Configuration; failure: Failure }> {
    const failure: Failure = {};
    const fetch = this.fetchNoting(failure);
    const auth = (methods: readonly string[]) => this.clientAuth(openid, provider, methods);
    const execute = this.settings.OUTBOUND_ALLOW_PRIVATE ? [openid.allowInsecureRequests] : [];
    const metadata =
      provider.kind === 'oauth2'
        ? {
            issuer: provider.issuer,
            authorization_endpoint: String(provider.endpoints?.authorization),
            token_endpoint: String(provider.endpoints?.token),
            token_endpoint_auth_methods_supported: ['client_secret_post'],
          }
        : await this.metadata.of(provider, () =>
            openid.discovery(new URL(provider.issuer), provider.clientId, undefined, openid.None(), {
              [openid.customFetch]: fetch,
              execute,
            }),
          );
    const config = new openid.Configuration(
      metadata,
      provider.clientId,
      undefined,
      auth(metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic']),
    );
    config[openid.customFetch] = fetch;
    for (const apply of execute) apply(config);
    if (provider.kind === 'oidc') {
      // Without it the library trusts TLS alone for tokens that come from the token endpoint.
      openid.enableNonRepudiationChecks(config);
      const keys = this.metadata.keysOf(provider);
      if (keys !== undefined) openid.setJwksCache(config, keys);
    }
    return { config, failure };
  }

  private clientAuth(openid: Library, provider: StoredProvider, methods: readonly string[]): OpenId.ClientAuth {
    const { clientId, clientSecret, appleKey } = provider;
    if (clientSecret === null) return openid.None();
    const secret = this.secrets.open(clientSecret);
    if (appleKey !== null) return openid.ClientSecretPost(appleClientSecret({ clientId, appleKey }, secret));
    return methods.includes('client_secret_post') ? openid.ClientSecretPost(secret) : openid.ClientSecretBasic(secret);
  }

  /** Requests go through the guard. What failed below the protocol is noted: the library tells it like a wrong answer. */
  private fetchNoting(failure: Failure): OpenId.CustomFetch {
    return async (url, { method, headers, body, signal }) => {
      try {
        const sent = body instanceof URLSearchParams ? body.toString() : (body as string | Uint8Array | undefined | null);
        const answer = await this.outbound.fetch(url, {
          method,
          headers: { 'user-agent': 'latchkey', ...headers },
          body: sent ?? undefined,
          signal: signal ?? undefined,
        });
        if (answer.status >= 500 || answer.status === 429 || (answer.status >= 300 && answer.status < 400)) {
          failure.cause = new Error(`${url} answered ${answer.status}`);
        }
        return answer;
      } catch (error) {
        if (error instanceof OutboundError) failure.cause = error;
        throw error;
      }
    };
  }

  private async stored(id: string): Promise<StoredProvider> {
    const provider = await this.providers.findById(id);
    if (provider === null || provider.enabledAt === null) throw new ProviderNotFoundError();
    return provider;
  }
}

/** What failed below the protocol. */
interface Failure {
  cause?: Error;
}

function presetOf({ preset }: StoredProvider): Partial<Preset> {
  return preset === null ? {} : PRESET_ROWS[preset];
}
