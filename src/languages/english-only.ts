import type { ErrorCode, FieldRule } from '../common/declared.js';

/** Sentences that stay English, and why. */
interface EnglishOnly {
  why: string;
  codes?: readonly ErrorCode[];
  rules?: readonly FieldRule[];
}

/**
 * The failures and rules that no user of an app can meet. Every other one has a text in the catalogue; one that is in neither is said in
 * English, and fails a unit test.
 */
export const ENGLISH_ONLY: readonly EnglishOnly[] = [
  {
    why: 'The operator’s own service writes the sentence, in whatever language its users read.',
    codes: ['hook.denied'],
  },
  {
    why: 'A program has sent what no form of it can hold: its developer has to mend it.',
    codes: [
      'request.malformed',
      'request.headers_too_large',
      'route.not_found',
      'route.method_not_allowed',
      'idempotency.key_invalid',
      'idempotency.key_reused',
      'idempotency.in_progress',
      'sign_in.wrong_state',
      'availability.private',
    ],
    rules: [
      'arrayMaxSize',
      'arrayMinSize',
      'arrayUnique',
      'attempt.account_known',
      'attempt.ambiguous',
      'availability.one',
      'cursor.invalid',
      'isArray',
      'isBoolean',
      'isDate',
      'isIn',
      'isInt',
      'isObject',
      'isString',
      'isUuid',
      'locale.invalid',
      'max',
      'maxDepth',
      'metadata.invalid',
      'metadata.too_deep',
      'metadata.too_large',
      'metadata.unfit',
      'min',
      'proof.ambiguous',
      'reservedKey',
      'returnTo.not_allowed',
      'roles.invalid',
      'search.ambiguous',
      'unknownField',
    ],
  },
  {
    why: 'The app answers it by itself: it sends a token, refreshes one, or solves a challenge.',
    codes: ['access.unauthenticated', 'token.invalid', 'token.expired', 'proof_of_work.invalid', 'proof_of_work.required'],
  },
  { why: 'OAuth speaks to programs.', codes: ['oauth.invalid_request', 'oauth.invalid_client'] },
  {
    why: 'Only those meet it who set this server up, or administer it.',
    codes: [
      'user.password_ended',
      'provider.slug_taken',
      'provider.in_use',
      'provider.from_settings',
      'webhook.not_found',
      'webhook.delivery_not_found',
      'webhook.disabled',
      'webhook.too_many',
      'sdk.not_built',
      'translation.locale_unknown',
      'translation.key_unknown',
      'translation.not_found',
    ],
    rules: [
      'translation.characters',
      'translation.syntax',
      'translation.placeholder',
      'translation.markup',
      'translation.lacks_code',
      'translation.text_message',
      'provider.acr_map',
      'provider.address_refused',
      'provider.apple_id',
      'provider.shared_tenant',
      'provider.wrong_kind',
      'webhook.unknown_type',
      'webhook.url_refused',
    ],
  },
  {
    why: 'A file of the import breaks it, which the command line tells.',
    rules: ['avatar.invalid', 'email.missing', 'field.unknown', 'hash.too_long', 'isInteger', 'isTime', 'mobile.missing', 'record.invalid'],
  },
  { why: 'Contracts answer in the words of their documents.', rules: ['code.missing', 'file.expected', 'isOwn', 'isSameAs'] },
  {
    why: 'The example of a resource: whoever copies it adds texts for their own fields.',
    codes: ['book.not_found', 'book.isbn_taken'],
    rules: ['author.invalid', 'authors.too_many', 'copies.invalid', 'isbn.invalid', 'title.invalid', 'year.invalid'],
  },
];
