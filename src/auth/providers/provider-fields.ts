import type { SettingValues } from '../../common/declared.js';
import { type FieldProblem, InvalidRequestError } from '../../common/errors.js';
import { isGivenAddress } from '../../outbound/given-address.js';
import { PRESET_ROWS } from './presets.js';
import type { AcrMap, AppleKey, Endpoints, NewProvider } from './provider.js';

const ENDPOINT_NAMES = ['authorization', 'token', 'userinfo'] as const;

/** Apple's team and key ids. */
const APPLE_ID = /^[A-Z\d]{10}$/;

const MAX_ACR_CHARS = 300;
const MAX_ACRS = 20;

type Rules = Pick<SettingValues, 'OUTBOUND_ALLOW_PRIVATE'>;

/** @throws InvalidRequestError unless the server may call this address */
export function demandAddress(url: unknown, pointer: string, rules: Rules): void {
  if (isGivenAddress(url, rules)) return;
  const detail = 'Send an https:// URL of a public host, without user, password and fragment.';
  throw new InvalidRequestError([{ pointer, rule: 'provider.address_refused', detail }]);
}

/** @throws InvalidRequestError, which names every wrong one */
export function demandEndpoints(endpoints: Readonly<Record<string, unknown>>, rules: Rules): void {
  const problems = ENDPOINT_NAMES.flatMap((name) => problemsOf(() => demandAddress(endpoints[name], `/endpoints/${name}`, rules)));
  demandOnly(endpoints, ENDPOINT_NAMES, 'endpoints', problems);
}

/** @throws InvalidRequestError */
export function demandAppleKey(key: Readonly<Record<string, unknown>>): void {
  const names = ['teamId', 'keyId'] as const;
  const problems = names.flatMap((name): FieldProblem[] => {
    const value = key[name];
    if (typeof value === 'string' && APPLE_ID.test(value)) return [];
    return [{ pointer: `/appleKey/${name}`, rule: 'provider.apple_id', detail: "Apple's ids are ten capital letters and digits." }];
  });
  demandOnly(key, names, 'appleKey', problems);
}

/** @throws InvalidRequestError */
export function demandAcrMap(map: Readonly<Record<string, unknown>>): void {
  const entries = Object.entries(map);
  const isRight =
    entries.length <= MAX_ACRS && entries.every(([acr, level]) => acr.length <= MAX_ACR_CHARS && (level === 1 || level === 2));
  if (!isRight) throw InvalidRequestError.field('acrMap', 'provider.acr_map', 'Map at most 20 names of assurance to 1 or 2.');
}

/** A provider with everything that its preset knows. */
export interface CompleteProvider extends Required<Omit<NewProvider, 'clientSecret' | 'preset' | 'endpoints' | 'appleKey'>> {
  preset: NewProvider['preset'] | null;
  clientSecret: string | null;
  endpoints: Endpoints | null;
  appleKey: AppleKey | null;
  acrMap: AcrMap;
}

/**
 * Fills in what the preset knows.
 * @throws InvalidRequestError when something is missing, or does not go together
 */
export function completed(input: NewProvider): CompleteProvider {
  const preset = input.preset === undefined ? null : PRESET_ROWS[input.preset];
  const kind = input.kind ?? preset?.kind ?? 'oidc';
  const problems: FieldProblem[] = [];
  const missing = (field: string, detail: string) => problems.push({ pointer: `/${field}`, rule: 'required', detail });
  if (preset !== null && kind !== preset.kind)
    problems.push({ pointer: '/kind', rule: 'provider.wrong_kind', detail: `${preset.name} is of the kind ${preset.kind}.` });
  const issuer = input.issuer ?? preset?.issuer;
  if (issuer === undefined)
    missing('issuer', input.preset === 'microsoft' ? `Send your tenant's issuer: ${TENANT_ISSUER}` : 'Send the issuer.');
  else if (input.preset === 'microsoft') problems.push(...problemsOf(() => demandTenant(issuer)));
  const endpoints = input.endpoints ?? preset?.endpoints ?? null;
  if (kind === 'oauth2' && endpoints === null) missing('endpoints', 'Plain OAuth 2 has no discovery: send the endpoints.');
  if (kind === 'oidc' && input.endpoints !== undefined)
    problems.push({ pointer: '/endpoints', rule: 'provider.wrong_kind', detail: 'An OpenID provider names its endpoints itself.' });
  const name = input.name ?? preset?.name;
  if (name === undefined) missing('name', 'Send the name for buttons.');
  if (input.preset === 'apple') {
    if (input.appleKey === undefined) missing('appleKey', 'Apple wants teamId and keyId.');
    if (input.clientSecret === undefined) missing('clientSecret', 'Send the private key (.p8) here.');
  }
  if (problems.length > 0 || issuer === undefined || name === undefined) throw new InvalidRequestError(problems);
  return {
    slug: input.slug,
    name,
    kind,
    preset: input.preset ?? null,
    issuer,
    clientId: input.clientId,
    clientSecret: input.clientSecret ?? null,
    scopes: input.scopes ?? [...(preset?.scopes ?? ['openid', 'email', 'profile'])],
    endpoints: kind === 'oidc' ? null : endpoints,
    appleKey: input.appleKey ?? null,
    emailTrusted: input.emailTrusted ?? false,
    links: input.links ?? 'ask',
    signUps: input.signUps ?? false,
    acrMap: input.acrMap ?? {},
    enabled: input.enabled ?? true,
  };
}

const TENANT_ISSUER = 'https://login.microsoftonline.com/TENANT-ID/v2.0';

/** Addresses for everybody's accounts sign tokens of any tenant, whose administrators write what they like into them. */
const SHARED_TENANTS = /\/(?:common|organizations|consumers)(?:\/|$)/;

/** @throws InvalidRequestError */
export function demandTenant(issuer: string): void {
  if (SHARED_TENANTS.test(issuer))
    throw InvalidRequestError.field('issuer', 'provider.shared_tenant', `Name your tenant: ${TENANT_ISSUER}`);
}

function demandOnly(sent: Readonly<Record<string, unknown>>, names: readonly string[], field: string, problems: FieldProblem[]): void {
  const unknown = Object.keys(sent).filter((name) => !names.includes(name));
  problems.push(
    ...unknown.map((name): FieldProblem => ({
      pointer: `/${field}/${name}`,
      rule: 'unknownField',
      detail: 'There is no such field here.',
    })),
  );
  if (problems.length > 0) throw new InvalidRequestError(problems);
}

function problemsOf(check: () => void): readonly FieldProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (error instanceof InvalidRequestError) return error.problems;
    throw error;
  }
}
