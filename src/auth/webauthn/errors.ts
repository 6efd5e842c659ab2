import { AppError } from '../../common/errors.js';
import { InvalidFactorError } from '../authenticators/errors.js';

/** What is wrong with a WebAuthn answer; the API names it to the developer of a page that registers a passkey. */
export const PASSKEY_RULES = [
  'type',
  'challenge',
  'origin',
  'cross_origin',
  'rp_id',
  'user_presence',
  'user_verification',
  'backup_state',
  'algorithm',
  'credential',
] as const;
export type PasskeyRule = (typeof PASSKEY_RULES)[number];

const SENTENCES: Readonly<Record<PasskeyRule, string>> = {
  type: 'This is no answer to the question that was asked.',
  challenge: 'The question has expired, was answered already, or is not of this session. Ask for new options.',
  origin: 'This server does not accept passkeys from the page that asked for it.',
  cross_origin: 'Passkeys are not accepted from a page inside another site’s page.',
  rp_id: 'The passkey belongs to another domain.',
  user_presence: 'The authenticator did not notice its user.',
  user_verification: 'The authenticator did not verify its user by a PIN, a fingerprint or the like.',
  backup_state: 'The authenticator contradicts itself, or what it said before, about copies of the passkey.',
  algorithm: 'The passkey signs by an algorithm that was not asked for.',
  credential: 'The answer of the authenticator cannot be read.',
};

/** A WebAuthn answer that breaks a rule of registration or authentication (WebAuthn Level 3 §7). */
export class PasskeyRejectedError extends AppError {
  override readonly code = 'passkey.rejected';
  override readonly members: Readonly<Record<string, unknown>>;
  constructor(
    readonly rule: PasskeyRule,
    cause?: unknown,
  ) {
    super(SENTENCES[rule], { cause });
    this.members = { rule };
  }
}

/** No account has the passkey any more: the member tells the browser which one to stop offering (`signalUnknownCredential`). */
export class UnknownPasskeyError extends InvalidFactorError {
  override readonly members: Readonly<Record<string, unknown>>;
  constructor(rpId: string, credentialId: Buffer) {
    super('This passkey does not belong to any account. It may have been removed.');
    this.members = { unknownCredential: { rpId, credentialId: credentialId.toString('base64url') } };
  }
}
