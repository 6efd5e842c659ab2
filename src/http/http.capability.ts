import { isIP } from 'node:net';
import type { Capability, Declarations } from '../common/capability.js';
import { bool, cidrs, integer, origins, text } from '../config/setting.js';

/** Whether `host` is a loopback address. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

const declared = {
  settings: {
    HOST: text({
      check: (value, { NODE_ENV: environment }) =>
        environment === 'production' || isLoopback(value)
          ? []
          : ['HOST must be a loopback address outside production (the development mailbox shows every mail)'],
      default: '127.0.0.1',
      production: '0.0.0.0',
      doc: 'Address to listen on. Outside production only a loopback address is accepted.',
    }),
    PORT: integer({
      default: 3000,
      min: 0,
      max: 65_535,
      doc: 'TCP port to listen on; 0 picks a free one.',
      check: (value, { PUBLIC_URL: publicUrl }) =>
        value === 0 && publicUrl === undefined ? ['PUBLIC_URL must be set when PORT is 0'] : [],
    }),
    CORS_ORIGINS: origins({
      default: [],
      example: 'https://app.example.com,https://admin.example.com',
      check: (value, { CORS_ALLOW_WILDCARD: isAllowed }) =>
        value.some((item) => item.includes('*')) && isAllowed !== true
          ? ['CORS_ORIGINS may have a * only with CORS_ALLOW_WILDCARD=true']
          : [],
      doc: 'Origins of browser apps that may call the API, comma-separated, compared exactly. Apps in a shell have origins such as `capacitor://localhost`, `ionic://localhost`, `tauri://localhost` and `chrome-extension://ID`. Outside production an empty list allows every `http://localhost:*` and `http://127.0.0.1:*`.',
    }),
    CORS_ALLOW_WILDCARD: bool({
      default: false,
      doc: 'Accepts `*` in place of the first label of a host in `CORS_ORIGINS`, for previews: `https://*.preview.example.com`. Everybody who can publish below that name can then act for users who are signed in.',
    }),
    HSTS_INCLUDE_SUBDOMAINS: bool({
      default: false,
      doc: 'Extends HSTS to all subdomains of the host of `PUBLIC_URL`: browsers then reach none of them by plain HTTP for two years.',
    }),
    TRUSTED_PROXIES: cidrs({
      default: [],
      example: '10.0.0.0/8,fd00::/8',
      doc: 'Addresses or CIDR ranges of reverse proxies whose `X-Forwarded-For` the server trusts.',
    }),
  },
  rules: {
    required: 'The field is missing, null or empty.',
    unknownField: 'There is no such field here.',
    reservedKey: 'An object has a key that no object may have, such as `__proto__`.',
    maxDepth: 'The body is nested too deep.',
    isText: 'The text is not well-formed Unicode, or contains NUL.',
    isString: 'It has to be text.',
    isInt: 'It has to be a whole number.',
    isBoolean: 'It has to be true or false.',
    isArray: 'It has to be a list.',
    isObject: 'It has to be a JSON object.',
    isDate: 'It has to be a time.',
    isUuid: 'It has to be an id (UUID).',
    isIn: 'It is none of the permitted values.',
    matches: 'It has not the required form, such as six digits.',
    maxLength: 'The text is too long.',
    min: 'The number is too small.',
    max: 'The number is too large.',
    arrayMinSize: 'The list is too short.',
    arrayMaxSize: 'The list is too long.',
    arrayUnique: 'The list names something twice.',
    'cursor.invalid': 'The cursor is none of this list with this search.',
  },
  errors: {
    'request.malformed': {
      status: 400,
      title: 'The request cannot be read',
      kind: 'bad-request',
      advice: 'Send well-formed JSON in UTF-8, and a URL without malformed escapes.',
      page: { title: 'page.failure.unreadable', advice: ['page.failure.open-again'] },
    },
    'request.invalid': {
      status: 422,
      title: 'The request has invalid fields',
      kind: 'bad-request',
      advice: 'Show each sentence in `errors` beside its field.',
      page: { title: 'page.failure.unreadable', advice: ['page.failure.open-again'] },
    },
    'request.timeout': { status: 408, title: 'The request took too long to arrive', kind: 'bad-request', advice: 'Send it again.' },
    'request.too_large': {
      status: 413,
      title: 'The request is too large',
      kind: 'too-large',
      advice: 'Send a smaller request: a body may have 64 KiB, a picture `AVATAR_MAX_BYTES`.',
    },
    'request.headers_too_large': {
      status: 431,
      title: 'The request header is too large',
      kind: 'too-large',
      advice: 'Send fewer cookies.',
    },
    'request.unsupported_media_type': {
      status: 415,
      title: 'Unsupported media type',
      kind: 'unsupported-media-type',
      advice: 'Send `content-type: application/json`; for a picture one of the formats that the operation lists.',
      page: { title: 'page.failure.unreadable', advice: ['page.failure.open-again'] },
    },
    'request.precondition_failed': {
      status: 412,
      title: 'The resource was edited meanwhile',
      kind: 'conflict',
      advice: 'Read the resource again, show it to the user, and send the edit with the new `ETag`.',
    },
    'route.not_found': {
      status: 404,
      title: 'No such resource',
      kind: 'unknown-route',
      advice: 'Check the path.',
      page: { title: 'page.failure.nothing-here', advice: ['page.failure.nothing-here-advice'] },
    },
    'route.method_not_allowed': {
      status: 405,
      title: 'Method not allowed',
      kind: 'wrong-method',
      advice: 'Use a method from the `Allow` header.',
      page: { title: 'page.failure.nothing-here', advice: ['page.failure.open-again'] },
    },
    'server.busy': {
      status: 503,
      title: 'The server is busy',
      kind: 'unavailable',
      advice: 'Wait `Retry-After` seconds and send the request again.',
      page: { title: 'page.failure.busy', advice: ['page.failure.unchanged'] },
    },
    'server.unavailable': {
      status: 503,
      title: 'The server is not available',
      kind: 'unavailable',
      advice: 'Nothing was done. Wait `Retry-After` seconds and send the request again. Keep the user signed in.',
      page: { title: 'page.failure.unavailable', advice: ['page.failure.unchanged'] },
    },
    'server.outcome_unknown': {
      status: 503,
      title: 'It is not known whether this was done',
      kind: 'unavailable',
      advice:
        'The database was lost while it stored the change. Wait `Retry-After` seconds and look whether the change is there. Repeating is safe with the same `Idempotency-Key`, and for sign-in, sign-out, refresh and edits.',
      page: { title: 'page.failure.outcome-unknown', advice: ['page.failure.outcome-unknown-advice'] },
    },
    'server.error': {
      status: 500,
      title: 'Something went wrong',
      kind: 'unexpected',
      advice: 'The server has a bug: show `requestId`, which identifies the error in the log.',
      page: { title: 'page.failure.fault', advice: ['page.failure.fault-advice'] },
    },
  },
} as const satisfies Declarations;

declare module '../common/declared.js' {
  interface Declared {
    http: typeof declared;
  }
}

/** HTTP: requests and answers of every route. */
export const http = {
  name: 'http',
  folder: import.meta.dirname,
  ...declared,
} as const satisfies Capability;
