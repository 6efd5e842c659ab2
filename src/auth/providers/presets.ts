import type { Endpoints, PresetName, Provider, ProviderKind } from './provider.js';

/** What the server knows of a provider, so that administrators need not look it up. */
export interface Preset {
  name: string;
  kind: ProviderKind;
  /** Absent where each customer has an issuer of its own. */
  issuer?: string;
  endpoints?: Endpoints;
  scopes: readonly string[];
  /** Apple sends names and addresses only by a form. */
  responseMode?: 'form_post';
  /** The provider refuses or leaves out what belongs to the standard. */
  lacks?: readonly ('pkce' | 'nonce' | 'reauthentication')[];
}

const OPENID = ['openid', 'email', 'profile'];

export const PRESET_ROWS: Readonly<Record<PresetName, Preset>> = {
  // Asks nobody again who is signed in there, whatever a request says.
  google: { name: 'Google', kind: 'oidc', issuer: 'https://accounts.google.com', scopes: OPENID, lacks: ['reauthentication'] },
  github: {
    name: 'GitHub',
    kind: 'oauth2',
    issuer: 'https://github.com',
    endpoints: {
      authorization: 'https://github.com/login/oauth/authorize',
      token: 'https://github.com/login/oauth/access_token',
      userinfo: 'https://api.github.com/user',
    },
    scopes: ['read:user', 'user:email'],
  },
  apple: {
    name: 'Apple',
    kind: 'oidc',
    issuer: 'https://appleid.apple.com',
    scopes: ['openid', 'email', 'name'],
    responseMode: 'form_post',
  },
  microsoft: { name: 'Microsoft', kind: 'oidc', scopes: OPENID },
  gitlab: { name: 'GitLab', kind: 'oidc', issuer: 'https://gitlab.com', scopes: OPENID },
  discord: {
    name: 'Discord',
    kind: 'oauth2',
    issuer: 'https://discord.com',
    endpoints: {
      authorization: 'https://discord.com/oauth2/authorize',
      token: 'https://discord.com/api/oauth2/token',
      userinfo: 'https://discord.com/api/users/@me',
    },
    scopes: ['identify', 'email'],
  },
  facebook: {
    name: 'Facebook',
    kind: 'oauth2',
    issuer: 'https://www.facebook.com',
    endpoints: {
      authorization: 'https://www.facebook.com/dialog/oauth',
      token: 'https://graph.facebook.com/oauth/access_token',
      userinfo: 'https://graph.facebook.com/me?fields=id,name,first_name,last_name,email',
    },
    scopes: ['public_profile', 'email'],
  },
  // Its ID tokens have no nonce, and its token endpoint refuses a code_verifier beside a client secret.
  linkedin: {
    name: 'LinkedIn',
    kind: 'oidc',
    issuer: 'https://www.linkedin.com/oauth',
    scopes: OPENID,
    lacks: ['pkce', 'nonce', 'reauthentication'],
  },
};

/**
 * Whether a provider can ask for a proof again and say when it got one: OpenID Connect Core §3.1.2.1, `max_age`. Plain OAuth 2 has no words
 * for that.
 */
export function canReauthenticate({ kind, preset }: Pick<Provider, 'kind' | 'preset'>): boolean {
  return kind === 'oidc' && (preset === null || PRESET_ROWS[preset].lacks?.includes('reauthentication') !== true);
}
