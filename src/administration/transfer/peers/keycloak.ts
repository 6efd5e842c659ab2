import type { Move } from './move.js';
import { type OldFields, toList, toObject, toText, toTime } from './old-values.js';
import type { Peer } from './peer.js';

/** Roles that every user of a realm has. */
const COMMON_ROLE = /^(?:default-roles-.*|offline_access|uma_authorization)$/;

/** Kinds of WebAuthn credentials: a second factor, and a first one. */
const PASSKEYS = new Map([
  ['webauthn', 'security key'],
  ['webauthn-passwordless', 'passkey'],
]);

/** Security keys of FIDO U2F cannot verify their users, which this server asks of every passkey. */
const U2F = 'fido-u2f';

/** Versions of Argon2 as Keycloak and as PHC strings name them. */
const ARGON2_VERSIONS = new Map([
  ['1.0', '16'],
  ['1.3', '19'],
]);

/**
 * Keycloak: `kc.sh export` of one realm, in one file or with the users in files of their own. Source: Keycloak's `UserRepresentation`,
 * `CredentialRepresentation`, `PasswordCredentialData`, `Pbkdf2PasswordHashProvider`, `Argon2PasswordHashProvider`, `OTPCredentialModel`,
 * `WebAuthnCredentialData`, `WebAuthnRegister`.
 */
export const KEYCLOAK: Peer = {
  name: 'Keycloak',
  list: 'users',
  severalLists: 'The file has the users of several realms: export one, with --realm.',
  options: {
    'rp-id': {
      needed: false,
      help: 'the domain of the passkeys: Relying party ID of the realm’s WebAuthn policies, or else Keycloak’s host',
    },
  },
  read(move: Move): void {
    if (move.text('serviceAccountClientId', 'serviceAccountClientLink') !== null) return move.leaveOut('service accounts of clients');
    move.identify(move.text('id'));
    move.email(move.text('email'), move.flag('emailVerified'));
    move.username(move.text('username'));
    const createdAt = move.time('createdTimestamp');
    const demands = move.list('requiredActions').map(String);
    move.set({ createdAt, firstName: move.text('firstName'), lastName: move.text('lastName') });
    move.set({ activatedAt: demands.includes('VERIFY_EMAIL') ? null : (createdAt ?? true) });
    for (const demand of demands) move.note('demand.left_out', demand);
    if (move.flag('enabled') === false) move.disable('Disabled in Keycloak');
    readAttributes(move);
    readRights(move);
    for (const identity of move.list('federatedIdentities').map(toObject)) {
      // Realms name their providers as they like: what stands behind a name is for the operator to say.
      move.identity(toText(identity?.['identityProvider']) ?? 'a provider', { subject: toText(identity?.['userId']) });
    }
    readCredentials(move);
    // Of the server's own, or a copy of what else is there.
    move.ignore('self', 'origin', 'notBefore', 'totp', 'disableableCredentialTypes', 'access', 'userProfileMetadata', 'realm');
  },
};

function readAttributes(move: Move): void {
  const { locale, ...others } = move.object('attributes') ?? {};
  move.locale(toText(toList(locale)[0]));
  for (const [name, values] of Object.entries(others)) {
    const list = toList(values);
    // Who may write an attribute is a setting of the realm that no export of users has.
    move.right(name, list.length === 1 ? list[0] : list);
  }
}

function readRights(move: Move): void {
  for (const role of move.list('realmRoles')) if (!COMMON_ROLE.test(String(role))) move.note('role.left_out', String(role));
  for (const [client, roles] of Object.entries(move.object('clientRoles') ?? {})) {
    // Every user may see the own account.
    if (client !== 'account') for (const role of toList(roles)) move.note('role.left_out', `${client}: ${String(role)}`);
  }
  for (const group of move.list('groups')) move.note('role.left_out', String(group));
}

function readCredentials(move: Move): void {
  const isElsewhere = move.text('federationLink') !== null;
  let found: string | null = null;
  let isKnown = true;
  for (const credential of move.list('credentials').map(toObject)) {
    const type = toText(credential?.['type']) ?? '';
    if (type === 'password') {
      const [data, secret] = [toObject(credential?.['credentialData']), toObject(credential?.['secretData'])];
      found = toHash(data ?? {}, secret ?? {});
      isKnown = found !== null;
      if (!isKnown) move.note('password.unknown', toText(data?.['algorithm']) ?? 'no algorithm');
    } else if (type === 'otp') readApp(move, credential ?? {});
    else if (PASSKEYS.has(type)) readPasskey(move, type, credential ?? {});
    else if (type === 'recovery-authn-codes') move.note('factor.left_out', 'recovery codes');
    else if (type !== 'password-history') move.note('field.left_out', `credentials: ${type}`);
  }
  if (isKnown) move.password(found, isElsewhere ? 'it is in a directory behind Keycloak' : 'Keycloak has none');
}

function readApp(move: Move, credential: OldFields): void {
  const [data, secret] = [toObject(credential['credentialData']) ?? {}, toObject(credential['secretData']) ?? {}];
  const [kind, encoding, value] = [toText(data['subType']) ?? 'totp', toText(data['secretEncoding']), secret['value']];
  if (kind !== 'totp') return move.note('factor.left_out', `one-time code by counter (${kind})`);
  if (encoding !== null && encoding.toUpperCase() !== 'BASE32')
    return move.note('factor.left_out', `authenticator app: secret in ${encoding}`);
  // Without an encoding the key is the text itself.
  const text = typeof value === 'string' ? value : '';
  move.totp({
    name: toText(credential['userLabel']),
    secret: encoding === null ? Buffer.from(text).toString('base64') : text,
    encoding: encoding === null ? 'base64' : 'base32',
    algorithm: toText(data['algorithm']) ?? 'HmacSHA1',
    digits: Number(toText(data['digits']) ?? 6),
    period: Number(toText(data['period']) ?? 30),
    createdAt: toTime(credential['createdDate']),
  });
}

function readPasskey(move: Move, type: string, credential: OldFields): void {
  const data = toObject(credential['credentialData']) ?? {};
  const [name, rpId, userId] = [PASSKEYS.get(type) ?? type, move.option('rp-id'), move.text('id')];
  if (toText(data['attestationStatementFormat']) === U2F) return move.note('factor.left_out', `${name} of FIDO U2F`);
  if (rpId === '' || userId === null) return move.note('factor.left_out', `${name}: --rp-id tells its domain`);
  move.passkey(
    {
      name: toText(credential['userLabel']),
      credentialId: data['credentialId'],
      publicKey: data['credentialPublicKey'],
      signCount: Number(toText(data['counter']) ?? 0),
      aaguid: toText(data['aaguid']),
      transports: toList(data['transports']).map((transport) => String(transport).toLowerCase()),
      createdAt: toTime(credential['createdDate']),
    },
    { rpId, userHandle: Buffer.from(userId).toString('base64url') },
  );
  // Keycloak asks for a second factor that an account has; here a passkey alone does not make one due.
  if (type === 'webauthn') move.set({ mfaRequiredAt: true });
}

/** A PHC string; null for an algorithm that Keycloak does not have by itself. */
function toHash(data: Record<string, unknown>, secret: Record<string, unknown>): string | null {
  const [algorithm, iterations] = [toText(data['algorithm']) ?? '', toText(data['hashIterations'])];
  const [hash, salt] = [toText(secret['value']), toText(secret['salt'])];
  if (hash === null || iterations === null) return null;
  const [, digest] = /^pbkdf2(?:-(sha256|sha512))?$/.exec(algorithm) ?? [];
  if (algorithm.startsWith('pbkdf2') && salt !== null && (digest !== undefined || algorithm === 'pbkdf2')) {
    const bytes = Buffer.from(hash, 'base64').length;
    return `$pbkdf2-${digest ?? 'sha1'}$i=${iterations},l=${bytes}$${salt}$${hash}`;
  }
  if (algorithm === 'argon2' && salt !== null) {
    const more = toObject(data['additionalParameters']) ?? {};
    const valueOf = (name: string): string => toText(toList(more[name])[0]) ?? '';
    const version = ARGON2_VERSIONS.get(valueOf('version')) ?? valueOf('version');
    const costs = `m=${valueOf('memory')},t=${iterations},p=${valueOf('parallelism')}`;
    return `$argon2${valueOf('type')}$v=${version}$${costs}$${unpadded(salt)}$${unpadded(hash)}`;
  }
  // Providers of bcrypt keep the whole string.
  return /^\$2[aby]\$/.test(hash) ? hash : null;
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/, '');
}
