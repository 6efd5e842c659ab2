import { fromBase32 } from '../../../auth/factors/totp/base32.js';
import { DIGITS, STEP_SECONDS } from '../../../auth/factors/totp/one-time-code.js';
import { readLine } from '../../../common/text.js';
import type { CarriedAuthenticators, CarriedPasskey, CarriedRecoveryCode, CarriedTotp } from './carried-authenticators.js';
import { type AuthenticatorFault, FieldReader, type Fields, isObject } from './field-reader.js';

/** Lengths of a secret, bytes. The shortest that apps of wide use ever made has 80 bits; longer ones than a block of SHA-512 are no secrets. */
const SECRET_BYTES = { min: 10, max: 128 };
/** WebAuthn Level 3 §5.1.1 (credential ids) and §5.4.3 (`user.id`). */
const MAX_CREDENTIAL_ID_BYTES = 1_023;
const MAX_HANDLE_BYTES = 64;
/** An RSA key of 4,096 bits takes about 530. */
const MAX_PUBLIC_KEY_BYTES = 2_048;
/** As many of each kind as an account may have, and as many codes as are made at once. */
const MAX_OF_TYPE = 20;
const MAX_CODES = 100;
const MAX_NAME_CHARS = 100;
const MAC_BYTES = 32;
const MAX_COUNT = 4_294_967_295;

const NO_AAGUID = '00000000-0000-0000-0000-000000000000';
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const BASE64 = /^[\w+/-]+={0,2}$/;
/** First byte of a map in CBOR, as which a COSE key is written (RFC 8949 §3.1). */
const [FIRST_MAP, LAST_MAP] = [0xa0, 0xbf];
/** How systems name the only hash that apps of wide use know. */
const SHA1 = /^(?:hmac)?-?sha-?1$/i;

const MEMBERS = ['totp', 'passkeys', 'rpId', 'userHandle'];
const TOTP_MEMBERS = ['name', 'secret', 'encoding', 'algorithm', 'digits', 'period', 'lastStep', 'createdAt', 'confirmedAt', 'lastUsedAt'];
const PASSKEY_MEMBERS = [
  'name',
  'credentialId',
  'publicKey',
  'signCount',
  'aaguid',
  'transports',
  'backupEligible',
  'backedUp',
  'userVerified',
  'createdAt',
  'confirmedAt',
  'lastUsedAt',
];

/**
 * Reads the member `authenticators` of a record. What cannot be checked here as it was checked where it comes from is a fault, never taken
 * and never dropped without a word.
 * @param isOwn whether this server sealed it: only then it also holds recovery codes
 */
export function readAuthenticators(given: unknown, isOwn: boolean): { carried: CarriedAuthenticators; faults: AuthenticatorFault[] } {
  const reader = new AuthenticatorReader();
  const carried = reader.read(given, isOwn);
  return { carried, faults: reader.faults };
}

class AuthenticatorReader extends FieldReader {
  read(given: unknown, isOwn: boolean): CarriedAuthenticators {
    const nothing: CarriedAuthenticators = {
      totp: [],
      passkeys: [],
      rpId: null,
      userHandle: null,
      recoveryCodes: [],
      mfaRequiredAt: undefined,
    };
    if (!isObject(given)) {
      this.fault([], 'authenticators.invalid', 'This must be a JSON object with totp and passkeys, or what an export sealed.', 'all');
      return nothing;
    }
    this.refuseOthers(given, [...MEMBERS, ...(isOwn ? ['recoveryCodes', 'mfaRequiredAt'] : [])], []);
    const totp = this.list(given, 'totp', MAX_OF_TYPE).flatMap((item, index) => this.totp(item, ['totp', index]) ?? []);
    const passkeys = this.list(given, 'passkeys', MAX_OF_TYPE).flatMap((item, index) => this.passkey(item, ['passkeys', index]) ?? []);
    const codes = isOwn ? this.list(given, 'recoveryCodes', MAX_CODES) : [];
    const recoveryCodes = codes.flatMap((item, index) => this.recoveryCode(item, ['recoveryCodes', index]) ?? []);
    const mfaRequiredAt = isOwn && 'mfaRequiredAt' in given ? this.time(given, 'mfaRequiredAt', [], 'wish for a second factor') : undefined;
    return { ...nothing, totp, recoveryCodes, mfaRequiredAt, ...this.ofDomain(given, passkeys) };
  }

  /** Passkeys work on their domain alone, and for the account whose id their authenticators know. */
  private ofDomain(given: Fields, passkeys: CarriedPasskey[]): Pick<CarriedAuthenticators, 'passkeys' | 'rpId' | 'userHandle'> {
    const none = { passkeys: [], rpId: null, userHandle: null };
    if (passkeys.length === 0) return none;
    const rpId = typeof given['rpId'] === 'string' && given['rpId'] !== '' ? given['rpId'].toLowerCase() : null;
    const userHandle = bytesOf(given['userHandle'], MAX_HANDLE_BYTES);
    if (rpId === null)
      this.fault(['rpId'], 'rpId.missing', 'Passkeys need the domain that they belong to, the RP ID.', 'passkey: no domain');
    if (userHandle === null) {
      const detail = `Passkeys need the id by which authenticators know the account: base64 of 1 to ${MAX_HANDLE_BYTES} bytes.`;
      this.fault(['userHandle'], 'userHandle.invalid', detail, 'passkey: no user handle');
    }
    return rpId === null || userHandle === null ? none : { passkeys, rpId, userHandle };
  }

  private totp(item: Fields, path: readonly (string | number)[]): CarriedTotp | null {
    const before = this.faults.length;
    const about = 'authenticator app';
    this.refuseOthers(item, TOTP_MEMBERS, path);
    const { encoding = 'base32' } = item;
    const isBase64 = encoding === 'base64';
    const secret = secretOf(item['secret'], isBase64);
    if (!isBase64 && encoding !== 'base32')
      this.fault([...path, 'encoding'], 'totp.encoding', 'This must be base32 or base64.', `${about}: secret in ${shown(encoding)}`);
    if (secret === null || secret.length < SECRET_BYTES.min || secret.length > SECRET_BYTES.max) {
      const detail = `This must be ${isBase64 ? 'base64' : 'base32'} of ${SECRET_BYTES.min} to ${SECRET_BYTES.max} bytes.`;
      this.fault([...path, 'secret'], 'totp.secret', detail, `${about}: unreadable secret`);
    }
    const { algorithm = 'SHA1', digits = DIGITS, period = STEP_SECONDS } = item;
    if (typeof algorithm !== 'string' || !SHA1.test(algorithm)) {
      this.fault([...path, 'algorithm'], 'totp.algorithm', 'Codes are checked with SHA-1 only.', `${about}: ${shown(algorithm)}`);
    }
    if (digits !== DIGITS)
      this.fault([...path, 'digits'], 'totp.digits', `Codes have ${DIGITS} digits.`, `${about}: ${shown(digits)} digits`);
    if (period !== STEP_SECONDS) {
      this.fault([...path, 'period'], 'totp.period', `Codes change every ${STEP_SECONDS} seconds.`, `${about}: every ${shown(period)} s`);
    }
    const lastStep = this.count(item, 'lastStep', path, about, Number.MAX_SAFE_INTEGER);
    const rest = this.common(item, path, about);
    return this.faults.length > before || secret === null ? null : { ...rest, secret, lastStep };
  }

  private passkey(item: Fields, path: readonly (string | number)[]): CarriedPasskey | null {
    const before = this.faults.length;
    const about = 'passkey';
    this.refuseOthers(item, PASSKEY_MEMBERS, path);
    const credentialId = bytesOf(item['credentialId'], MAX_CREDENTIAL_ID_BYTES);
    if (credentialId === null)
      this.fault([...path, 'credentialId'], 'passkey.credentialId', 'This must be base64.', `${about}: unreadable id`);
    const publicKey = bytesOf(item['publicKey'], MAX_PUBLIC_KEY_BYTES);
    const [first = 0] = publicKey ?? [];
    if (publicKey === null || first < FIRST_MAP || first > LAST_MAP) {
      this.fault([...path, 'publicKey'], 'passkey.publicKey', 'This must be base64 of a COSE key.', `${about}: unreadable key`);
    }
    const { aaguid = null, transports = null } = item;
    if (aaguid !== null && !(typeof aaguid === 'string' && UUID.test(aaguid))) {
      this.fault([...path, 'aaguid'], 'isUuid', 'This is no UUID.', `${about}: unreadable model`);
    }
    if (transports !== null && !(Array.isArray(transports) && transports.length <= 10 && transports.every(isTransport))) {
      this.fault([...path, 'transports'], 'passkey.transports', 'This must be a list of words.', `${about}: unreadable transports`);
    }
    const signCount = this.count(item, 'signCount', path, about, MAX_COUNT) ?? 0;
    const [backupEligible, backedUp, userVerified] = ['backupEligible', 'backedUp', 'userVerified'].map((name) =>
      this.flag(item, name, path),
    );
    const rest = this.common(item, path, about);
    if (this.faults.length > before || credentialId === null || publicKey === null) return null;
    return {
      ...rest,
      credentialId,
      publicKey,
      signCount,
      aaguid: (aaguid as string | null)?.toLowerCase() ?? NO_AAGUID,
      transports: (transports as string[] | null) ?? [],
      backupEligible: backupEligible ?? null,
      backedUp: backedUp === true && backupEligible === true,
      uvInitialized: userVerified === true,
    };
  }

  private recoveryCode(item: Fields, path: readonly (string | number)[]): CarriedRecoveryCode | null {
    const before = this.faults.length;
    const about = 'recovery code';
    const mac = bytesOf(item['mac'], MAC_BYTES);
    const { keyId } = item;
    if (mac?.length !== MAC_BYTES || typeof keyId !== 'string') {
      this.fault([...path], 'recoveryCode.invalid', 'This is no recovery code.', about);
    }
    const [createdAt, usedAt] = [this.time(item, 'createdAt', path, about), this.time(item, 'usedAt', path, about)];
    return this.faults.length > before || mac === null || typeof keyId !== 'string' ? null : { mac, keyId, createdAt, usedAt };
  }

  private common(
    item: Fields,
    path: readonly (string | number)[],
    about: string,
  ): Pick<CarriedTotp, 'name' | 'createdAt' | 'confirmedAt' | 'lastUsedAt'> {
    const { name = null } = item;
    const clean = typeof name === 'string' ? readLine(name, MAX_NAME_CHARS) : null;
    if (name !== null && (clean === null || !clean.isWellFormed())) {
      this.fault(
        [...path, 'name'],
        'name.invalid',
        `This must be one line of at most ${MAX_NAME_CHARS} characters.`,
        `${about}: unusable name`,
      );
    }
    return {
      name: clean === '' ? null : clean,
      createdAt: this.time(item, 'createdAt', path, about),
      confirmedAt: this.time(item, 'confirmedAt', path, about),
      lastUsedAt: this.time(item, 'lastUsedAt', path, about),
    };
  }
}

function secretOf(value: unknown, isBase64: boolean): Buffer | null {
  if (isBase64) return bytesOf(value, SECRET_BYTES.max);
  return typeof value === 'string' ? fromBase32(value) : null;
}

/** Bytes of base64 in either alphabet; null for anything else. */
function bytesOf(value: unknown, max: number): Buffer | null {
  if (typeof value !== 'string' || !BASE64.test(value)) return null;
  const bytes = Buffer.from(value, 'base64');
  return bytes.length > 0 && bytes.length <= max ? bytes : null;
}

function isTransport(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{1,32}$/.test(value);
}

/** A setting of the other system's configuration, short enough for a note. */
function shown(value: unknown): string {
  return (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')).slice(0, 32);
}
