import { type ErrorCode, PROBLEMS } from '../common/error-codes.js';

/** For the documentation: what an app does about a failure. */
const ADVICE: Record<ErrorCode, string> = {
  'request.malformed': 'Send well-formed JSON in UTF-8, and an address without bad escapes.',
  'request.invalid': 'Show each sentence in `errors` beside its field.',
  'request.timeout': 'Send it again.',
  'request.too_large': 'Send less: a body has 64 KiB at most, a picture `AVATAR_MAX_BYTES`.',
  'request.headers_too_large': 'Send fewer cookies.',
  'request.unsupported_media_type': 'Send `content-type: application/json`; for a picture one of the formats that the operation lists.',
  'request.throttled': 'Wait `Retry-After` seconds and say so. Do not repeat by itself.',
  'request.precondition_failed': 'Read it again, let the user look at it, and send the edit with the new `ETag`.',
  'request.origin_refused': 'The page is not in `CORS_ORIGINS`, or the request with the cookie is not JSON.',
  'idempotency.key_invalid': 'Send a key of a form that the operation allows, such as a UUID.',
  'idempotency.key_reused': 'Make a new key for each new request; keep it for repeats of the same one.',
  'idempotency.in_progress': 'The first one is still under way: wait, then repeat with the same key.',
  'route.not_found': 'Check the address.',
  'route.method_not_allowed': 'Use a method that the header `Allow` names.',
  'access.unauthenticated': 'Sign in, and send `Authorization: Bearer …`.',
  'access.forbidden': 'Do not offer it: the account lacks the role, or the thing is not its own.',
  'token.invalid': 'Forget the token and sign in.',
  'token.expired': 'Refresh and send the request again.',
  'token.revoked': 'The session has ended: forget it and show the sign-in.',
  'refresh_token.invalid': 'The session has ended: forget it and show the sign-in.',
  'refresh_token.reused':
    'The same; somebody else may have had the token. If it happens often, two parts of your app refresh at once with old tokens.',
  'session.not_found': 'It has ended already: read the list again.',
  'oauth.invalid_client': 'Check the entry in `OAUTH_CLIENTS`.',
  'oauth.invalid_request': 'Send each parameter once.',
  'auth.bad_credentials': 'Say that identifier or password are wrong; nobody is told which.',
  'auth.account_disabled': 'The password was right. Say whom to ask.',
  'auth.unverified': 'The password was right. Ask for the code, and offer to send the mail again.',
  'auth.not_activated': 'The password was right. Ask for the activation code.',
  'auth.proof_required': 'Ask for the password of the account, or offer to choose a new one.',
  'challenge.invalid': 'Offer to send a new mail or message.',
  'challenge.expired': 'Offer to send a new mail or message.',
  'challenge.exhausted': 'No more codes for now: the link in the mail still works.',
  'user.not_found': 'It may have been deleted: read the list again.',
  'user.email_taken': 'Offer to sign in or to reset the password.',
  'user.username_taken': 'Ask for another one; `GET /v1/availability` tells while somebody types.',
  'user.mobile_taken': 'Ask for another one.',
  'user.mobile_unreachable': 'Ask for a number in the international form, `+12125551000`.',
  'user.email_missing': 'Give the account an address first.',
  'user.last_admin': 'Make somebody else an administrator first.',
  'sms.not_configured': 'Do not offer it on this server (`SMS_URL`).',
  'availability.private': 'Do not offer it on this server (`ACCOUNT_PRIVACY=strict`).',
  'book.not_found': 'It may have been deleted: read the list again.',
  'book.isbn_taken': 'Open the book that has it.',
  'storage.full': 'Nothing has changed. Try later; the operator has to make room.',
  'server.busy': 'Wait `Retry-After` seconds and send it again.',
  'server.unavailable': 'Wait `Retry-After` seconds and send it again. It signs nobody out.',
  'server.error': 'A fault of the server: show `requestId`, under which it is in the log.',
};

/** The table in `docs/errors.md`: every code of the core's API, by status. */
export function toErrorTable(): string {
  const rows = (Object.keys(ADVICE) as ErrorCode[])
    .map((code) => ({ code, ...PROBLEMS[code] }))
    .toSorted((a, b) => a.status - b.status)
    .map(({ code, status, title }) => `| ${status} | \`${code}\` | ${title} | ${ADVICE[code]} |`);
  return ['| status | code | what it means | what to do |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
