/** How a provider speaks: OpenID Connect with discovery, or plain OAuth 2 with endpoints that somebody wrote down. */
export const PROVIDER_KINDS = ['oidc', 'oauth2'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** Providers whose peculiarities the server knows. */
export const PRESETS = ['google', 'github', 'apple', 'microsoft', 'gitlab', 'discord', 'facebook', 'linkedin'] as const;
export type PresetName = (typeof PRESETS)[number];

/**
 * What happens when somebody signs in by an identity that nobody has, and an account has its proven address. `ask`: they prove that account
 * in the same sign-in. `auto`: the identity is linked at once, if the provider is trusted. `never`: they link it when they are signed in.
 */
export const LINK_RULES = ['never', 'ask', 'auto'] as const;
export type LinkRule = (typeof LINK_RULES)[number];

/** Endpoints of a provider without discovery. */
export interface Endpoints {
  authorization: string;
  token: string;
  /** Tells who signed in. */
  userinfo: string;
}

/** What the client secret of Apple is made from, beside its key. */
export interface AppleKey {
  teamId: string;
  keyId: string;
}

/** Levels of assurance by the provider's own word for them (`acr`). */
export type AcrMap = Readonly<Record<string, 1 | 2>>;

/** An identity provider as administrators have set it up. */
export interface Provider {
  id: string;
  /** Its name in addresses. */
  slug: string;
  /** Its name on buttons. */
  name: string;
  kind: ProviderKind;
  preset: PresetName | null;
  issuer: string;
  clientId: string;
  hasSecret: boolean;
  scopes: string[];
  endpoints: Endpoints | null;
  appleKey: AppleKey | null;
  emailTrusted: boolean;
  links: LinkRule;
  signUps: boolean;
  acrMap: AcrMap;
  /** Whether the setting `PROVIDERS` sets it up. */
  fromSettings: boolean;
  enabledAt: Date | null;
  createdAt: Date;
  version: number;
}

/** What a provider is set up with; what is absent comes from the preset. */
export interface NewProvider {
  slug: string;
  name?: string | undefined;
  kind?: ProviderKind | undefined;
  preset?: PresetName | undefined;
  issuer?: string | undefined;
  clientId: string;
  clientSecret?: string | undefined;
  scopes?: string[] | undefined;
  endpoints?: Endpoints | undefined;
  appleKey?: AppleKey | undefined;
  emailTrusted?: boolean | undefined;
  links?: LinkRule | undefined;
  signUps?: boolean | undefined;
  acrMap?: AcrMap | undefined;
  enabled?: boolean | undefined;
}

/** An edit: what is absent stays. Slug, kind and preset cannot change. */
export type ProviderChanges = Partial<Omit<NewProvider, 'slug' | 'kind' | 'preset'>>;

/** What a provider tells of somebody. */
export interface UpstreamIdentity {
  /** As the provider itself writes it: part of what the identity is known by. */
  issuer: string;
  subject: string;
  email: string | null;
  /** Whether the provider says that they read this mailbox. */
  emailVerified: boolean;
  profile: UpstreamProfile;
  /** How sure the provider was, in its own words. */
  acr: string | null;
  /** When they last proved who they are there, seconds since 1970; null where the provider does not tell. */
  authTime: number | null;
}

/** What of a profile is taken over where the account has nothing. */
export interface UpstreamProfile {
  name: string | null;
  firstName: string | null;
  lastName: string | null;
  picture: string | null;
}
