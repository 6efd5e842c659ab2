import { getSchemaPath } from '@nestjs/swagger';
import type { ErrorRow } from '../common/capability.js';
import type { ErrorCode } from '../common/declared.js';
import { PROBLEM_MEDIA_TYPE } from '../common/problem.js';

type Errors = Readonly<Record<ErrorCode, ErrorRow>>;

const EXAMPLE_REQUEST_ID = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';

/** What the answers with sentences for people refer to: `components.headers` of the document. */
export const LANGUAGE_HEADERS = {
  Language: {
    description:
      'The language of `title` and `detail`: what `Accept-Language` asks for, if the server speaks it; absent for English. The answer depends on it (`Vary: Accept-Language`).',
    schema: { type: 'string', example: 'de' },
  },
} as const;
const CONTENT_LANGUAGE = { 'Content-Language': { $ref: '#/components/headers/Language' } } as const;

/**
 * The documented responses for some failures: one per status, with one example per code.
 * @param isForPeople whether a failure is told in the reader's language
 */
export function problemResponses(codes: readonly ErrorCode[], errors: Errors, isForPeople: (code: ErrorCode) => boolean) {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) byStatus.set(errors[code].status, [...(byStatus.get(errors[code].status) ?? []), code]);
  return [...byStatus].map(
    ([status, sameStatus]) => [status, toResponse(status, sameStatus, errors, sameStatus.some(isForPeople))] as const,
  );
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds to wait before the next attempt.', schema: { type: 'integer', minimum: 0, example: 2 } },
} as const;
const CHALLENGE = {
  'WWW-Authenticate': {
    description: 'The required scheme, and why the server refused a token (RFC 6750 §3).',
    schema: { type: 'string', example: 'Bearer' },
  },
} as const;

/** Headers of failures by status. */
const HEADERS = { 401: CHALLENGE, 429: RETRY_AFTER, 503: RETRY_AFTER } as const;

function toResponse(status: number, codes: readonly ErrorCode[], errors: Errors, isForPeople: boolean) {
  const headers = { ...HEADERS[status as keyof typeof HEADERS], ...(isForPeople ? CONTENT_LANGUAGE : {}) };
  return {
    description: codes.map((code) => `${errors[code].title} (\`${code}\`)`).join('; '),
    ...(Object.keys(headers).length > 0 ? { headers } : {}),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: getSchemaPath('Problem') },
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code, errors[code]) }])),
      },
    },
  };
}

function exampleOf(code: ErrorCode, { status, title }: ErrorRow) {
  const base = { type: `urn:latchkey:problem:${code}`, title, status, detail: `${title}.`, code, requestId: EXAMPLE_REQUEST_ID };
  if (code !== 'request.invalid') return base;
  return { ...base, errors: [{ pointer: '/field', rule: 'required', detail: 'This field is required.' }] };
}
