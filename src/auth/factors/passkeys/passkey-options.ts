import type { Account } from '../../../users/account.js';
import type { ListedPasskey } from './listed-passkey.js';
import { ALGORITHMS } from './passkey-verifier.service.js';
import type { RelyingParty } from '../../webauthn/relying-party.service.js';
import { CHALLENGE_SECONDS } from '../../webauthn/webauthn-challenges.service.js';

/** Named in options so that a browser does not ask the wrong authenticator. */
export interface CredentialDescriptor {
  id: string;
  type: 'public-key';
  transports: string[];
}

/** `PublicKeyCredentialCreationOptionsJSON` (WebAuthn Level 3 §5.1.9). */
export interface CreationOptions {
  rp: { id: string; name: string };
  user: { id: string; name: string; displayName: string };
  challenge: string;
  pubKeyCredParams: { type: 'public-key'; alg: number }[];
  timeout: number;
  excludeCredentials: CredentialDescriptor[];
  authenticatorSelection: { residentKey: 'required'; requireResidentKey: true; userVerification: 'required' };
  attestation: 'none';
  extensions: { credProps: true };
}

/** `PublicKeyCredentialRequestOptionsJSON`. */
export interface RequestOptions {
  challenge: string;
  timeout: number;
  rpId: string;
  allowCredentials: CredentialDescriptor[];
  userVerification: 'required';
}

/** What a list of passkeys shows of the account: its names. */
export function namesOf({ email, username, mobile, firstName, lastName }: Account): { name: string; displayName: string } {
  const name = email ?? username ?? mobile ?? '';
  const displayName = [firstName, lastName].filter((each) => each !== null).join(' ');
  return { name, displayName: displayName === '' ? name : displayName };
}

export function creationOptions(
  relyingParty: RelyingParty,
  account: Account,
  { handle, challenge, existing }: { handle: Buffer; challenge: string; existing: readonly ListedPasskey[] },
): CreationOptions {
  return {
    rp: { id: relyingParty.id, name: relyingParty.name },
    user: { id: handle.toString('base64url'), ...namesOf(account) },
    challenge,
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    timeout: CHALLENGE_SECONDS * 1_000,
    excludeCredentials: existing.map(describe),
    // Older browsers know `requireResidentKey` only.
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
    extensions: { credProps: true },
  };
}

/** @param allowed empty where the passkey names the account */
export function requestOptions(relyingParty: RelyingParty, challenge: string, allowed: readonly ListedPasskey[]): RequestOptions {
  return {
    challenge,
    timeout: CHALLENGE_SECONDS * 1_000,
    rpId: relyingParty.id,
    allowCredentials: allowed.map(describe),
    userVerification: 'required',
  };
}

function describe({ credentialId, transports }: ListedPasskey): CredentialDescriptor {
  return { id: credentialId.toString('base64url'), type: 'public-key', transports };
}
