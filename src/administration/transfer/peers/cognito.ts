import type { Move } from './move.js';
import { type OldFields, toList, toObject, toText } from './old-values.js';
import type { Peer } from './peer.js';

/** Standard attributes without a field of their own here. Their owner can edit them in Cognito, too. */
const PROFILE = [
  'name',
  'middle_name',
  'nickname',
  'preferred_username',
  'picture',
  'profile',
  'website',
  'birthdate',
  'zoneinfo',
  'address',
];

/** Values of `gender` that mean the same here. */
const GENDERS = new Map([
  ['f', 'female'],
  ['female', 'female'],
  ['m', 'male'],
  ['male', 'male'],
  ['other', 'other'],
]);

/** What each status means for the account, if it is more than `CONFIRMED`. Source: Cognito's API reference, `UserType`. */
const DEMANDS = new Map([
  ['FORCE_CHANGE_PASSWORD', 'a new password instead of a temporary one'],
  ['RESET_REQUIRED', 'a new password'],
]);

const FACTORS = new Map([
  ['SOFTWARE_TOKEN_MFA', 'authenticator app'],
  ['SMS_MFA', 'text message'],
  ['EMAIL_OTP', 'mail'],
]);

/**
 * Amazon Cognito: what `list-users` prints, or CSV with the columns of `get-csv-header`. Neither has passwords; Cognito never gives them out.
 * Source: Cognito's API reference (`ListUsers`, `GetCSVHeader`).
 */
export const COGNITO: Peer = {
  name: 'Cognito',
  list: 'Users',
  options: {},
  clean: withAttributes,
  read(move: Move): void {
    const username = move.text('Username', 'cognito:username');
    move.identify(move.text('sub') ?? username);
    move.email(move.text('email'), move.flag('email_verified'));
    move.mobile(move.text('phone_number'), move.flag('phone_number_verified'));
    // Where people sign in with an address or a number, the username is an id that nobody ever typed.
    const isId = username !== null && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(username);
    if (!isId) move.username(username);
    const createdAt = move.time('UserCreateDate');
    move.set({ createdAt, updatedAt: move.time('UserLastModifiedDate', 'updated_at') });
    move.set({ firstName: move.text('given_name'), lastName: move.text('family_name') });
    move.locale(move.text('locale'));
    readGender(move);
    for (const name of PROFILE) move.meta(name, move.take(name));
    for (const name of move.names()) if (/^(?:custom|dev):/.test(name)) move.right(name, move.take(name));
    if (move.flag('Enabled', 'cognito:enabled') === false) move.disable('Disabled in Cognito');
    readStatus(move, createdAt);
    readFactors(move);
  },
};

function readGender(move: Move): void {
  const gender = move.text('gender');
  const known = GENDERS.get(gender?.toLowerCase() ?? '');
  if (known === undefined) move.meta('gender', gender);
  else move.set({ gender: known });
}

function readStatus(move: Move, createdAt: string | null): void {
  const status = move.text('UserStatus', 'cognito:user_status');
  const demand = DEMANDS.get(status ?? '');
  if (demand !== undefined) move.note('demand.left_out', demand);
  move.set({ activatedAt: status === 'UNCONFIRMED' ? null : (createdAt ?? true) });
  for (const identity of move.list('identities')) {
    move.note('identity.left_out', toText(toObject(identity)?.['providerName']) ?? 'a provider');
  }
  if (status === 'EXTERNAL_PROVIDER' && move.take('identities') === undefined) move.note('identity.left_out', 'a provider');
  move.password(null, 'Cognito gives none out');
}

function readFactors(move: Move): void {
  for (const factor of move.list('UserMFASettingList')) move.note('factor.left_out', FACTORS.get(String(factor)) ?? String(factor));
  for (const option of move.list('MFAOptions')) {
    if (toText(toObject(option)?.['DeliveryMedium']) === 'SMS') move.note('factor.left_out', 'text message');
  }
  if (move.flag('cognito:mfa_enabled') === true) move.note('factor.left_out', 'text message');
  move.ignore('PreferredMfaSetting');
}

/** The attributes of `list-users` become members of the record, as in CSV. */
function withAttributes(record: OldFields): OldFields {
  const { Attributes, UserAttributes, ...others } = record;
  const pairs = toList(Attributes ?? UserAttributes).map(toObject);
  return { ...Object.fromEntries(pairs.map((pair) => [toText(pair?.['Name']) ?? '', pair?.['Value']])), ...others };
}
