import { MAX_EXT_BYTES } from '../claims/further-claims.js';
import { MAX_DETAIL_CHARS } from './hook-answer.js';
import { SIGN_UP_METHODS, TOKEN_REASONS } from './hook-request.js';

type Schema = Readonly<Record<string, unknown>>;

/** Lists of values, each with a name, so that generators make one type of it. */
export const HOOK_VALUES: Readonly<Record<string, readonly string[]>> = {
  SignUpMethod: SIGN_UP_METHODS,
  TokenReason: TOKEN_REASONS,
  HookDecision: ['allow', 'deny'],
};

/** One of the values of a list. */
function oneOf(name: string, description: string, example: string): Schema {
  return { allOf: [{ $ref: `#/components/schemas/${name}` }], description, example };
}

const ID = { type: 'string', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' };

/** Text, or null if nobody gave it. */
function given(description: string, example: string | null): Schema {
  return { type: ['string', 'null'], description, example };
}

const CLIENT_ID = {
  type: 'string',
  description: '`latchkey` for the API of this document, otherwise the name of the contract that the app speaks.',
  example: 'latchkey',
};
const CALLER = {
  ip: { type: 'string', description: 'IP address of the person.', example: '203.0.113.7' },
  userAgent: given('`User-Agent` of the person’s program.', 'Mozilla/5.0'),
};

const SIGN_UP: Record<string, Schema> = {
  method: oneOf('SignUpMethod', 'How they sign up.', 'password'),
  clientId: CLIENT_ID,
  email: given('E-mail address, as they wrote it.', 'ada@example.com'),
  emailProven: { type: 'boolean', description: 'Whether they have shown to read that address.', example: false },
  mobile: given('Mobile number, as they wrote it.', null),
  username: given('Username.', null),
  firstName: given('First name.', 'Ada'),
  lastName: given('Last name.', 'Lovelace'),
  locale: given('BCP 47 language tag.', 'en-GB'),
  provider: given('Slug of the identity provider, for `method` `provider`.', null),
  ...CALLER,
};

const TOKEN: Record<string, Schema> = {
  reason: oneOf('TokenReason', 'Why there is to be a token.', 'sign_in'),
  accountId: { ...ID, description: 'The account.' },
  sessionId: { ...ID, type: ['string', 'null'], description: 'The session; null at a sign-in, which has none yet.' },
  clientId: CLIENT_ID,
  emailVerified: { type: 'boolean', description: 'Whether the e-mail address is proven.', example: true },
  acr: { type: 'string', description: 'Level of the proofs, as in the token.', example: 'urn:latchkey:aal1' },
  amr: { type: 'array', items: { type: 'string' }, description: 'What the person has shown, as in the token.', example: ['pwd'] },
  ...CALLER,
};

/** The hooks with the schemas of their requests, and of their answers. */
export const HOOK_SCHEMAS = [
  {
    hook: 'before_sign_up',
    summary: 'Somebody is about to get an account',
    description: 'Sent before the account is made, whichever way they sign up. Set by `HOOK_BEFORE_SIGN_UP`.',
    request: { name: 'BeforeSignUpHook', schema: bodyOf('before_sign_up', 'Who signs up.', SIGN_UP) },
    answer: { name: 'SignUpDecision', schema: answerOf('the account', {}) },
  },
  {
    hook: 'before_token',
    summary: 'Somebody is about to get an access token',
    description: 'Sent before a sign-in opens a session, before each refresh, and before a step-up. Set by `HOOK_BEFORE_TOKEN`.',
    request: { name: 'BeforeTokenHook', schema: bodyOf('before_token', 'Who gets the token.', TOKEN) },
    answer: {
      name: 'TokenDecision',
      schema: answerOf('the token', {
        claims: {
          type: 'object',
          additionalProperties: true,
          description: `Members of the claim \`ext\`: text, numbers, truth values, and lists or objects of those; at most ${MAX_EXT_BYTES} bytes. Names of registered claims are refused.`,
          example: { plan: 'pro' },
        },
      }),
    },
  },
] as const;

function bodyOf(type: string, description: string, properties: Record<string, Schema>): Schema {
  return {
    type: 'object',
    description: `The body of a request to the hook \`${type}\`.`,
    properties: {
      type: { type: 'string', const: type, description: 'The hook.', example: type },
      timestamp: { type: 'string', format: 'date-time', description: 'When it was asked.', example: '2026-03-01T09:30:00.000Z' },
      data: { type: 'object', description, properties, required: Object.keys(properties) },
    },
    required: ['type', 'timestamp', 'data'],
  };
}

function answerOf(what: string, further: Record<string, Schema>): Schema {
  return {
    type: 'object',
    description: 'What the operator’s service decides.',
    properties: {
      decision: oneOf('HookDecision', `Whether there is ${what}.`, 'allow'),
      detail: {
        type: 'string',
        description: `With \`deny\`: a sentence for the user, plain text; at most ${MAX_DETAIL_CHARS} characters are kept.`,
        example: 'Sign up with the address of your company.',
      },
      ...further,
    },
    required: ['decision'],
  };
}
