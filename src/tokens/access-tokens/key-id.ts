/** Maximum length of a token, characters; ours have about 800, of one contract up to 1,700. */
const MAX_TOKEN_CHARS = 4_096;

const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]{86}$/;

/** Header parameters with which a token could supply its own key, or change its interpretation (RFC 7515 §4.1). */
const REFUSED_HEADERS = ['jku', 'jwk', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64', 'zip'];

/** The `kid` of a token in the only form that we sign; undefined for anything else. */
export function keyIdOf(token: string): string | undefined {
  if (token.length > MAX_TOKEN_CHARS || !COMPACT_JWS.test(token) || !isCanonical(token)) return undefined;
  try {
    const header: unknown = JSON.parse(Buffer.from(token.slice(0, token.indexOf('.')), 'base64url').toString('utf8'));
    if (typeof header !== 'object' || header === null || REFUSED_HEADERS.some((name) => name in header)) return undefined;
    const { typ, kid } = header as { typ?: unknown; kid?: unknown };
    // RFC 9068 §4: the type must be checked, or an ID or refresh token could pass for an access token.
    return typ === 'at+jwt' && typeof kid === 'string' ? kid : undefined;
  } catch {
    return undefined;
  }
}

/** Whether each part is the only base64url spelling of its bytes (RFC 7515 §2): unused trailing bits are zero. */
function isCanonical(token: string): boolean {
  return token.split('.').every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}
