import { applyDecorators } from '@nestjs/common';
import { ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { type ErrorCode, PROBLEMS } from './error-codes.js';
import { PROBLEM_MEDIA_TYPE } from './problem.js';

const EXAMPLE_REQUEST_ID = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';

/** Documents the failures a route answers with, one response per status, one example per code. */
export function ApiProblem(...codes: ErrorCode[]) {
  return applyDecorators(...problemResponses(codes).map(([status, response]) => ApiResponse({ status, ...response })));
}

/** The documented responses for some failures, by status. */
export function problemResponses(codes: readonly ErrorCode[]) {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code]);
  return [...byStatus].map(([status, sameStatus]) => [status, toResponse(status, [...new Set(sameStatus)])] as const);
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds after which trying again makes sense.', schema: { type: 'integer', minimum: 0, example: 2 } },
} as const;
const CHALLENGE = {
  'WWW-Authenticate': {
    description: 'The scheme wanted, and why a token was refused (RFC 6750 §3).',
    schema: { type: 'string', example: 'Bearer' },
  },
} as const;

/** What failures of a status say in headers. */
const HEADERS = { 401: CHALLENGE, 429: RETRY_AFTER, 503: RETRY_AFTER } as const;

function toResponse(status: number, codes: readonly ErrorCode[]) {
  return {
    description: codes.map((code) => `${PROBLEMS[code].title} (\`${code}\`)`).join('; '),
    ...(status in HEADERS ? { headers: HEADERS[status as keyof typeof HEADERS] } : {}),
    content: {
      [PROBLEM_MEDIA_TYPE]: {
        schema: { $ref: getSchemaPath('Problem') },
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  };
}

function exampleOf(code: ErrorCode) {
  const { status, title } = PROBLEMS[code];
  const base = { type: `urn:latchkey:problem:${code}`, title, status, detail: `${title}.`, code, requestId: EXAMPLE_REQUEST_ID };
  if (code !== 'request.invalid') return base;
  return { ...base, errors: [{ pointer: '/field', rule: 'isString', detail: 'field must be a string' }] };
}
