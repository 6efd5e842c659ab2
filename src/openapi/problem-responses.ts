import { getSchemaPath } from '@nestjs/swagger';
import type { ErrorRow } from '../common/capability.js';
import type { ErrorCode } from '../common/declared.js';
import { PROBLEM_MEDIA_TYPE } from '../common/problem.js';

type Errors = Readonly<Record<ErrorCode, ErrorRow>>;

const EXAMPLE_REQUEST_ID = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';

/** The documented responses for some failures: one per status, with one example per code. */
export function problemResponses(codes: readonly ErrorCode[], errors: Errors) {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) byStatus.set(errors[code].status, [...(byStatus.get(errors[code].status) ?? []), code]);
  return [...byStatus].map(([status, sameStatus]) => [status, toResponse(status, sameStatus, errors)] as const);
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

function toResponse(status: number, codes: readonly ErrorCode[], errors: Errors) {
  return {
    description: codes.map((code) => `${errors[code].title} (\`${code}\`)`).join('; '),
    ...(status in HEADERS ? { headers: HEADERS[status as keyof typeof HEADERS] } : {}),
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
