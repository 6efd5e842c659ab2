import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DECLARED_ELSEWHERE, type ErrorCode, type FieldRule } from './declared.js';
import type { ErrorRow } from './capability.js';
import { ProofChallenge } from './proof-challenge.js';
import { type AppError, type FieldProblem, InvalidRequestError } from './errors.js';

/** The media type of every failure (RFC 9457 §3). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** Error codes that are also codes of RFC 6749 §5.2, after this prefix. */
const OAUTH = 'oauth.';

export class FieldProblemView implements FieldProblem {
  @ApiProperty({ description: 'JSON Pointer into the body (RFC 6901), or `?name` for a query parameter.', example: '/password' })
  pointer!: string;

  @ApiProperty({
    description: 'Stable name of the broken rule, for programs.',
    example: 'password.too_short',
    enum: DECLARED_ELSEWHERE,
    enumName: 'FieldRule',
  })
  rule!: FieldRule;

  @ApiProperty({ description: 'A sentence for people, to be shown beside the field.', example: 'Use at least 15 characters.' })
  detail!: string;
}

export class SignInRestart {
  @ApiProperty({
    description: 'The `purpose` of the sign-in.',
    enum: ['sign_in', 'step_up'],
    enumName: 'SignInPurpose',
    example: 'sign_in',
  })
  purpose!: string;

  @ApiProperty({ description: 'The API that it belongs to.', example: 'latchkey' })
  clientId!: string;

  @ApiProperty({ description: 'Its `returnTo`.', type: 'string', nullable: true, example: null })
  returnTo!: string | null;
}

/** The body of every failure: problem details (RFC 9457) with a stable `code`. */
export class Problem {
  @ApiProperty({
    description: 'Stable URI of the kind of problem.',
    example: 'urn:latchkey:problem:user.email_taken',
    format: 'uri',
  })
  type!: string;

  @ApiProperty({
    description: 'The kind of problem in words; the same for every occurrence, but for its language.',
    example: 'E-mail address already registered',
  })
  title!: string;

  @ApiProperty({ description: 'The HTTP status.', example: 409, minimum: 400, maximum: 599 })
  status!: number;

  @ApiProperty({ description: 'What went wrong this time, for people.', example: 'This e-mail address is already registered.' })
  detail!: string;

  @ApiProperty({
    description: 'Stable name of the failure, for programs.',
    example: 'user.email_taken',
    enum: DECLARED_ELSEWHERE,
    enumName: 'ErrorCode',
  })
  code!: ErrorCode;

  @ApiProperty({
    description: 'The `X-Request-Id` of this request; quote it when asking for help.',
    example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11',
  })
  requestId!: string;

  @ApiPropertyOptional({
    description: 'With `auth.step_up_required`: the assurance to step up to.',
    enum: ['urn:latchkey:aal1', 'urn:latchkey:aal2', 'urn:latchkey:aal3'],
    enumName: 'AssuranceClass',
    example: 'urn:latchkey:aal2',
  })
  acrValues?: string;

  @ApiPropertyOptional({
    description: 'With `auth.step_up_required`: how long ago the proof may have been shown, seconds.',
    type: 'integer',
    example: 300,
  })
  maxAge?: number;

  @ApiPropertyOptional({ description: 'With `passkey.rejected`: what is wrong with the passkey.', example: 'origin' })
  rule?: string;

  @ApiPropertyOptional({
    description:
      'With `factor.invalid`: the passkey that no account has. Pass it to `PublicKeyCredential.signalUnknownCredential`, so that the browser stops offering it.',
    type: 'object',
    properties: { rpId: { type: 'string' }, credentialId: { type: 'string' } },
    required: ['rpId', 'credentialId'],
    example: { rpId: 'example.com', credentialId: '-R85HbTJsv3g6nAYnLo_tj9Xm6EisxOtlOw_8zAIS-Q' },
  })
  unknownCredential?: { rpId: string; credentialId: string };

  @ApiPropertyOptional({
    description: 'When a sign-in by password needs more: the sign-in to go on with.',
    allOf: [{ $ref: '#/components/schemas/SignInView' }],
  })
  signIn?: object;

  @ApiPropertyOptional({ description: 'With `sign_in.expired`: what to begin a new one with.', type: SignInRestart })
  restart?: SignInRestart;

  @ApiPropertyOptional({
    description:
      'With `proof_of_work.required` and `proof_of_work.invalid`: what to solve, in the format of ALTCHA 2. The password of a derivation is the nonce and a number from 0 up, of four bytes (big-endian); the number is found when the derived key begins with `keyPrefix`.',
    type: ProofChallenge,
  })
  challenge?: ProofChallenge;

  @ApiPropertyOptional({ description: 'Below `/oauth` only: the error code of RFC 6749 §5.2.', example: 'invalid_client' })
  error?: string;

  @ApiPropertyOptional({ description: 'The wrong fields, if the failure is about fields.', type: [FieldProblemView] })
  errors?: FieldProblem[];
}

/** The problem document of a failure, whose row says how the API shows it. */
export function toProblem(error: AppError, { status, title }: ErrorRow, requestId: string): Problem {
  return {
    type: `urn:latchkey:problem:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    requestId,
    // Clients of the OAuth endpoints look for this member (RFC 6749 §5.2); problem documents may have more members (RFC 9457 §3.2).
    ...error.members,
    ...(error.code.startsWith(OAUTH) ? { error: error.code.slice(OAUTH.length) } : {}),
    ...(error instanceof InvalidRequestError
      ? { errors: error.problems.map(({ pointer, rule, detail }) => ({ pointer, rule, detail })) }
      : {}),
  };
}
