/** A value of a further claim: short, and nothing to dig in. */
type Scalar = string | number | boolean;
export type ClaimValue = Scalar | readonly Scalar[] | Readonly<Record<string, Scalar>>;

/** The claim `ext` of an access token: what the operator adds to the server's own claims. */
export type Ext = Readonly<Record<string, ClaimValue>>;

/** Most that `ext` may have, bytes of UTF-8 as compact JSON. A token is sent with every request. */
export const MAX_EXT_BYTES = 1_024;

/** Most values of a list, and members of an object. */
const MAX_ITEMS = 32;

/** Names of claims, and of the members of an object. */
const NAME = /^[A-Za-z][A-Za-z\d_]{0,39}$/;

/**
 * Names with a meaning of their own, in lower case. In `ext` they could not replace a claim of the server's, but programs that flatten tokens
 * would take them for it. Sources: RFC 7519 §4.1, RFC 9068 §2.2, RFC 7800 §3.1, RFC 8693 §4, OpenID Connect Core §2 and §5.1, OpenID
 * Connect Front-Channel Logout §3; and claims of this server, those of organisations and permissions included, which it may have one day.
 */
const RESERVED: ReadonlySet<string> = new Set(
  `iss sub aud exp nbf iat jti client_id auth_time acr amr scope scp groups roles role entitlements permissions cnf act may_act azp nonce
  at_hash c_hash s_hash sub_jwk sid name given_name family_name middle_name nickname preferred_username profile picture website email
  email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at id ext recovered org_id org_slug
  org_role org_roles org_permissions admin is_admin constructor prototype tostring valueof hasownproperty`.split(/\s+/),
);

/** Why a name cannot be that of a further claim; null if it can. */
export function unfitName(name: string): string | null {
  if (!NAME.test(name)) return 'a name is a letter, and up to 39 letters, digits and _';
  return RESERVED.has(name.toLowerCase()) ? `the name ${name} is reserved` : null;
}

/** Why a value cannot be that of a further claim; null if it can. */
export function unfitValue(value: unknown): string | null {
  if (isScalar(value)) return null;
  if (typeof value !== 'object' || value === null) return 'a value is text, a number, true or false, or a list or an object of those';
  const items: unknown[] = Object.values(value);
  if (items.length > MAX_ITEMS) return `a list or an object has at most ${MAX_ITEMS} values`;
  if (!items.every(isScalar)) return 'a list or an object has only text, numbers, true and false';
  if (!Array.isArray(value) && !Object.keys(value).every((name) => NAME.test(name))) return 'a name in an object is no name';
  return null;
}

/** Why this cannot be `ext`; null if it can. Repeats no value. */
export function unfitExt(claims: unknown): string | null {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return 'the claims are no object';
  for (const [name, value] of Object.entries(claims)) {
    const unfit = unfitName(name) ?? unfitValue(value);
    if (unfit !== null) return unfit;
  }
  return isShort(claims) ? null : `the claims have more than ${MAX_EXT_BYTES} bytes`;
}

/** Whether it is no longer than `ext` may be. */
export function isShort(claims: object): boolean {
  return Buffer.byteLength(JSON.stringify(claims)) <= MAX_EXT_BYTES;
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
