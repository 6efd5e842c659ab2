/**
 * Every expected failure of the product, and how the core's API shows it.
 * A contract has a table of its own over the same codes, so a new code does not compile until each says what it means there.
 */
export const PROBLEMS = {
  'request.malformed': { status: 400, title: 'The request cannot be read' },
  'request.invalid': { status: 422, title: 'The request has invalid fields' },
  'request.timeout': { status: 408, title: 'The request took too long to arrive' },
  'request.too_large': { status: 413, title: 'The request is too large' },
  'request.headers_too_large': { status: 431, title: 'The request header is too large' },
  'request.unsupported_media_type': { status: 415, title: 'Unsupported media type' },
  'request.throttled': { status: 429, title: 'Too many requests' },
  'request.origin_refused': { status: 403, title: 'Not accepted from this page' },
  'route.not_found': { status: 404, title: 'No such resource' },
  'route.method_not_allowed': { status: 405, title: 'Method not allowed' },
  'access.unauthenticated': { status: 401, title: 'An access token is required' },
  'access.forbidden': { status: 403, title: 'Not allowed' },
  'token.invalid': { status: 401, title: 'The access token is not valid' },
  'token.expired': { status: 401, title: 'The access token has expired' },
  'token.revoked': { status: 401, title: 'The access token has been revoked' },
  'refresh_token.invalid': { status: 401, title: 'The refresh token is not valid' },
  'refresh_token.reused': { status: 401, title: 'The refresh token was used before' },
  'session.not_found': { status: 404, title: 'No such session' },
  'oauth.invalid_client': { status: 401, title: 'The client is unknown or its secret wrong' },
  'oauth.invalid_request': { status: 400, title: 'The request has missing or repeated parameters' },
  'auth.bad_credentials': { status: 401, title: 'Wrong identifier or password' },
  'auth.account_disabled': { status: 403, title: 'The account is disabled' },
  'auth.unverified': { status: 403, title: 'The account is not verified yet' },
  'auth.not_activated': { status: 403, title: 'The account is not activated yet' },
  'auth.proof_required': { status: 401, title: 'The password of the account is required' },
  'challenge.invalid': { status: 400, title: 'The code or link is not valid' },
  'challenge.expired': { status: 400, title: 'The code or link has expired' },
  'challenge.exhausted': { status: 429, title: 'Too many wrong codes' },
  'user.not_found': { status: 404, title: 'No such user' },
  'user.email_taken': { status: 409, title: 'E-mail address already registered' },
  'user.username_taken': { status: 409, title: 'Username already taken' },
  'user.mobile_taken': { status: 409, title: 'Mobile number already registered' },
  'user.mobile_unreachable': { status: 409, title: 'No mobile number that can be texted' },
  'user.last_admin': { status: 409, title: 'The last administrator has to stay' },
  'sms.not_configured': { status: 409, title: 'This server sends no text messages' },
  'availability.private': { status: 403, title: 'Not told on this server' },
  'storage.full': { status: 507, title: 'No room left to store the file' },
  'server.busy': { status: 503, title: 'The server is busy' },
  'server.unavailable': { status: 503, title: 'The server is not available' },
  'server.error': { status: 500, title: 'Something went wrong' },
} as const satisfies Record<string, { status: number; title: string }>;

/** Stable name of an expected failure: `noun.reason`. */
export type ErrorCode = keyof typeof PROBLEMS;
