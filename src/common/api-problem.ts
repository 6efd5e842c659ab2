import { applyDecorators } from '@nestjs/common';
import { ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { type ErrorCode, PROBLEMS } from './error-codes.js';

const EXAMPLE_REQUEST_ID = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';

/** The media type of every failure (RFC 9457 §3). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Documents the failures a route answers with, one response per status, one example per code. */
export function ApiProblem(...codes: ErrorCode[]) {
  return applyDecorators(...problemResponses(codes).map(([status, response]) => ApiResponse({ status, ...response })));
}

/** The documented responses for some failures, by status. */
export function problemResponses(codes: readonly ErrorCode[]) {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(PROBLEMS[code].status, [...(byStatus.get(PROBLEMS[code].status) ?? []), code]);
  return [...byStatus].map(([status, sameStatus]) => [status, toResponse(sameStatus)] as const);
}

function toResponse(codes: readonly ErrorCode[]) {
  return {
    description: codes.map((code) => `${PROBLEMS[code].title} (\`${code}\`)`).join('; '),
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
