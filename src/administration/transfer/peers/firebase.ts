import type { Move } from './move.js';
import { toObject, toText } from './old-values.js';
import type { Peer } from './peer.js';

/** Providers with four columns each in CSV. Source: firebase-tools, `src/accountExporter.ts`, like everything here. */
const PROVIDERS = ['google.com', 'facebook.com', 'twitter.com', 'github.com'] as const;
const LATER_PROVIDERS = ['apple.com', 'microsoft.com', 'gc.apple.com', 'playgames.google.com', 'linkedin.com', 'yahoo.com'] as const;
/** Columns before and between those of providers. */
const FIRST_COLUMNS = ['localId', 'email', 'emailVerified', 'passwordHash', 'salt', 'displayName', 'photoUrl'];
const MIDDLE_COLUMNS = ['createdAt', 'lastSignedInAt', 'phoneNumber', 'disabled', 'customAttributes'];
const columnsOf = (provider: string): string[] => ['id', 'email', 'name', 'photo'].map((column) => `${provider} ${column}`);

/** Providers whose users have one id everywhere, or, as at Apple, Facebook and LinkedIn, one for all apps of the same owner. */
const PRESETS: Readonly<Record<string, string>> = {
  'google.com': 'google',
  'facebook.com': 'facebook',
  'github.com': 'github',
  'apple.com': 'apple',
  'linkedin.com': 'linkedin',
};

/** Ways to sign in that an account here has by itself. */
const OWN_WAYS = ['password', 'phone'];

/** What stands for a hash that the exporter may not read: the word REDACTED in base64. */
const REDACTED = 'UkVEQUNURUQ=';

/** Firebase's limits of its scrypt. Source: its import of hashes, `--rounds` and `--mem-cost`. */
const [MAX_ROUNDS, MAX_MEM_COST] = [8, 14];

const WHERE = 'the console shows it: Authentication, Users, the menu at the top right, Password hash parameters';

/** Firebase Authentication: `firebase auth:export users.json` or `users.csv`. */
export const FIREBASE: Peer = {
  name: 'Firebase',
  list: 'users',
  columns: [...FIRST_COLUMNS, ...PROVIDERS.flatMap(columnsOf), ...MIDDLE_COLUMNS, ...LATER_PROVIDERS.flatMap(columnsOf)],
  options: {
    'hash-key': { needed: true, help: `base64_signer_key; ${WHERE}`, faultOf: faultOfBase64 },
    'salt-separator': { needed: true, help: `base64_salt_separator; ${WHERE}`, faultOf: faultOfBase64 },
    rounds: { needed: true, help: `rounds; ${WHERE}`, faultOf: (value) => faultOfNumber(value, MAX_ROUNDS) },
    'mem-cost': { needed: true, help: `mem_cost; ${WHERE}`, faultOf: (value) => faultOfNumber(value, MAX_MEM_COST) },
  },
  read(move: Move): void {
    move.identify(move.text('localId'));
    move.email(move.text('email'), move.flag('emailVerified'));
    // A number gets into an account by a code in a text message, or from an administrator.
    move.mobile(move.text('phoneNumber'), true);
    const createdAt = move.time('createdAt');
    move.set({ createdAt, activatedAt: createdAt ?? true, lastSignInAt: move.time('lastSignedInAt', 'lastLoginAt') });
    move.meta('displayName', move.text('displayName'));
    move.meta('photoUrl', move.text('photoUrl'));
    for (const [claim, value] of Object.entries(move.object('customAttributes') ?? {})) move.right(claim, value);
    if (move.flag('disabled') === true) move.disable('Disabled in Firebase');
    readProviders(move);
    for (const factor of move.list('mfaInfo')) {
      move.note('factor.left_out', toObject(factor)?.['phoneInfo'] === undefined ? 'authenticator app' : 'text message');
    }
    readPassword(move);
  },
};

function readProviders(move: Move): void {
  for (const info of move.list('providerUserInfo').map(toObject)) {
    const provider = toText(info?.['providerId']);
    if (provider === null || OWN_WAYS.includes(provider)) continue;
    move.identity(provider, { preset: PRESETS[provider], subject: toText(info?.['rawId']), email: toText(info?.['email']) });
  }
  for (const provider of [...PROVIDERS, ...LATER_PROVIDERS]) {
    const [id = '', email = '', ...rest] = columnsOf(provider);
    const subject = move.text(id);
    if (subject !== null) move.identity(provider, { preset: PRESETS[provider], subject, email: move.text(email) });
    move.ignore(email, ...rest);
  }
}

function readPassword(move: Move): void {
  const [hash, salt] = [move.text('passwordHash'), move.text('salt')];
  move.ignore('version');
  if (hash === null) return move.password(null, 'Firebase has none');
  if (hash === REDACTED) return move.note('password.unknown', 'redacted: export again as an owner of the project');
  const parameters = [
    ['v', '1'],
    ['n', move.option('mem-cost')],
    ['r', move.option('rounds')],
    ['p', '1'],
    ['ss', toBase64(move.option('salt-separator'))],
    ['sk', toBase64(move.option('hash-key'))],
  ];
  const written = parameters.map((pair) => pair.join('=')).join(',');
  move.password(`$fbscrypt$${written}$${toBase64(salt ?? '')}$${toBase64(hash)}`, '');
}

/** Padded base64 with the usual letters; the export and the console use both alphabets. */
function toBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('base64');
}

function faultOfBase64(value: string): string | null {
  return /^[\w+/-]+={0,2}$/.test(value) ? null : 'This has to be base64.';
}

function faultOfNumber(value: string, largest: number): string | null {
  return /^[1-9]\d?$/.test(value) && Number(value) <= largest ? null : `This has to be a whole number from 1 to ${largest}.`;
}
