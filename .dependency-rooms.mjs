/**
 * Who may import whom, room by room. The table is the whole of it: a room below `src/` that is not named here may import nothing, so a
 * new room starts with a decision. A name stands for the files of that room alone, `tokens/*` for all rooms of a wing. `contracts`,
 * `cli`, `openapi` and the files directly in `src/` have rules of their own in `.dependency-cruiser.mjs`.
 */
const GROUND =
  'common config database throttling outbound storage languages look metrics audit jobs health idempotency http claims hooks'.split(' ');
const IDENTITY = ['users/*', 'tokens/*', 'mail', 'sms', 'avatars'];

/** Rooms of the wing `auth`. */
const inAuth = (rooms) => rooms.split(' ').map((room) => `auth/${room}`);

/** The door builds on all that happens without it. */
const BELOW_DOOR = inAuth(
  'challenges proof-of-work devices authenticators providers identities passwords contacts account registration signed-in factors',
);
/** A factor builds on the door, and on what stands before it. */
const BELOW_FACTORS = inAuth('admission challenges authenticators providers identities passwords contacts factors sign-in');
/** Codes that sign-ins ask for may also make the account. */
const BELOW_CODES = [...BELOW_FACTORS, 'auth/devices', 'auth/registration', 'auth/sign-in-codes'];

export const MAY_IMPORT = {
  // Ground: each on what stands before it.
  common: [],
  config: ['common'],
  database: ['common', 'config'],
  throttling: ['common', 'config'],
  outbound: ['common', 'config'],
  storage: ['common', 'config'],
  languages: ['common', 'config'],
  look: ['common', 'config', 'languages'],
  metrics: ['common', 'config', 'database'],
  audit: ['common', 'config', 'database', 'throttling'],
  'languages/overrides': ['common', 'config', 'database', 'languages', 'audit'],
  jobs: ['common', 'config', 'database'],
  health: ['common', 'config', 'database'],
  idempotency: ['common', 'config', 'database'],
  http: ['common', 'config', 'throttling', 'languages'],
  claims: ['common', 'config'],
  hooks: ['common', 'config', 'database', 'outbound', 'metrics', 'audit', 'claims'],

  // Identity: accounts, tokens and mail know nothing of each other.
  users: GROUND,
  'users/directory': [...GROUND, 'users'],
  'users/transfer': [...GROUND, 'users'],
  'tokens/challenges': GROUND,
  'tokens/signing-keys': GROUND,
  'tokens/access-tokens': [...GROUND, 'tokens/signing-keys'],
  'tokens/sessions': [...GROUND, 'tokens/signing-keys', 'tokens/access-tokens'],
  'tokens/access': [...GROUND, 'tokens/signing-keys', 'tokens/access-tokens', 'tokens/sessions'],
  'tokens/oauth': [...GROUND, 'tokens/signing-keys', 'tokens/access-tokens', 'tokens/sessions'],
  tokens: ['tokens/*'],
  mail: [...GROUND, 'mail/mailbox', 'mail/dkim'],
  'mail/dkim': GROUND,
  'mail/reports': [...GROUND, 'mail'],
  'mail/mailbox': GROUND,
  sms: [...GROUND, 'mail', 'mail/mailbox'],
  'mail/preview': [...GROUND, 'languages/overrides', 'mail', 'mail/mailbox', 'sms'],
  avatars: [...GROUND, 'users'],

  // Authentication: each room on those before it. A factor never imports another factor.
  'auth/challenges': [...GROUND, ...IDENTITY],
  'auth/legacy': [...GROUND, ...IDENTITY],
  'auth/breaches': GROUND,
  'auth/proof-of-work': [...GROUND, ...IDENTITY],
  'auth/admission': [...GROUND, ...IDENTITY],
  'auth/devices': [...GROUND, ...IDENTITY],
  'auth/authenticators': [...GROUND, ...IDENTITY, 'auth/challenges', 'auth/devices'],
  'auth/providers': [...GROUND, ...IDENTITY],
  'auth/identities': [...GROUND, ...IDENTITY, 'auth/challenges', 'auth/devices', 'auth/authenticators', 'auth/providers'],
  'auth/passwords': [
    ...GROUND,
    ...IDENTITY,
    'auth/challenges',
    'auth/legacy',
    'auth/breaches',
    'auth/devices',
    'auth/authenticators',
    'auth/identities',
  ],
  'auth/password-reset': [...GROUND, ...IDENTITY, 'auth/challenges', 'auth/proof-of-work', 'auth/authenticators', 'auth/passwords'],
  'auth/lost-factors': [...GROUND, ...IDENTITY, 'auth/challenges', 'auth/authenticators', 'auth/passwords', 'auth/password-reset'],
  'auth/contacts': [
    ...GROUND,
    ...IDENTITY,
    'auth/admission',
    'auth/challenges',
    'auth/proof-of-work',
    'auth/passwords',
    'auth/authenticators',
  ],
  'auth/account': [...GROUND, ...IDENTITY, 'auth/challenges', 'auth/passwords', 'auth/authenticators', 'auth/identities'],
  'auth/registration': [
    ...GROUND,
    ...IDENTITY,
    'auth/admission',
    'auth/challenges',
    'auth/proof-of-work',
    'auth/passwords',
    'auth/contacts',
    'auth/account',
  ],
  'auth/invitations': [...GROUND, ...IDENTITY, 'auth/admission', 'auth/challenges', 'auth/passwords', 'auth/contacts'],
  'auth/signed-in': [...GROUND, ...IDENTITY],
  'auth/factors': [...GROUND, ...IDENTITY, 'auth/authenticators'],
  'auth/sign-in': [...GROUND, ...IDENTITY, ...BELOW_DOOR],
  'auth/sign-in-codes': [...GROUND, ...IDENTITY, ...inAuth('challenges devices authenticators passwords factors')],
  'auth/factors/email-code': [...GROUND, ...IDENTITY, ...BELOW_CODES],
  'auth/factors/sms-code': [...GROUND, ...IDENTITY, ...BELOW_CODES],
  'auth/factors/totp': [...GROUND, ...IDENTITY, ...BELOW_FACTORS],
  'auth/factors/password': [...GROUND, ...IDENTITY, ...BELOW_FACTORS, 'auth/devices', 'auth/signed-in'],
  'auth/factors/recovery-codes': [...GROUND, ...IDENTITY, ...BELOW_FACTORS],
  'auth/webauthn': [...GROUND, ...IDENTITY, 'auth/authenticators'],
  'auth/factors/passkeys': [...GROUND, ...IDENTITY, ...BELOW_FACTORS, 'auth/webauthn'],
  'auth/disavowal': [
    ...GROUND,
    ...IDENTITY,
    'auth/challenges',
    'auth/authenticators',
    'auth/identities',
    'auth/passwords',
    'auth/lost-factors',
    'auth/factors/passkeys',
  ],
  'auth/factors/federation': [...GROUND, ...IDENTITY, ...BELOW_FACTORS],
  auth: ['auth/*'],

  // Capabilities of their own: on all of the above, never on each other.
  books: [...GROUND, ...IDENTITY, 'auth/*'],
  'webhooks/events': [...GROUND, ...IDENTITY],
  webhooks: [...GROUND, ...IDENTITY, 'webhooks/events'],

  // Faces.
  pages: [...GROUND, ...IDENTITY, 'auth/*'],
  sdk: GROUND,
  administration: [...GROUND, ...IDENTITY, 'auth/*', 'administration/transfer'],
  'administration/transfer': [...GROUND, ...IDENTITY, 'auth/*', 'administration', 'administration/transfer/peers'],
  'administration/transfer/peers': ['common', 'administration/transfer'],
};

/** What a contract builds on: the public side of these rooms. What contracts share may use transactions, too. */
export const CORE = ['common', 'config', 'http', 'look', 'audit', 'throttling', ...IDENTITY, 'books', 'auth/*'];
