import { Injectable } from '@nestjs/common';
import { brokenAuthenticatorRule } from '../../webauthn/authenticator-data.js';
import { brokenRule, readClientData } from '../../webauthn/client-data.js';
import type { AuthenticationAnswer, RegistrationAnswer } from '../../webauthn/credential-json.js';
import { PasskeyRejectedError } from '../../webauthn/errors.js';
import type { Passkey } from './passkey.entity.js';
import { RelyingParty } from '../../webauthn/relying-party.service.js';
import { type WebauthnLibrary, webauthnLibrary } from '../../webauthn/webauthn-library.js';

/** Signature algorithms that a new passkey may have (COSE), the preferred first: Ed25519, ES256, RS256, ES384, ES512. */
export const ALGORITHMS: readonly number[] = [-8, -7, -257, -35, -36];

/** A passkey as its authenticator made it. */
export type NewPasskey = Omit<Passkey, 'authenticatorId' | 'signCount'> & { signCount: number };

/** A proof by a passkey whose signature is right. The counter is not looked at yet. */
export interface PasskeyProof {
  signCount: number;
  backupEligible: boolean;
  backedUp: boolean;
}

/** Checks WebAuthn answers by the settings of this server (WebAuthn Level 3 §7). */
@Injectable()
export class PasskeyVerifier {
  constructor(private readonly relyingParty: RelyingParty) {}

  /**
   * Checks a registration. The statement about the make of the authenticator is not asked for, and ignored where one is sent: to check one
   * means to fetch revocation lists from addresses that the sender chooses.
   * @param isOpen uses up the challenge that the answer names; false if it cannot
   * @throws PasskeyRejectedError
   */
  async registration(answer: RegistrationAnswer, isOpen: (challenge: Buffer) => Promise<boolean>): Promise<NewPasskey> {
    const { origin, challenge } = await this.checkClientData(answer.clientDataJSON, 'webauthn.create', isOpen);
    const library = await webauthnLibrary();
    const data = authenticatorDataIn(answer.attestationObject, library);
    const rule = brokenAuthenticatorRule(data, this.relyingParty.id);
    if (rule !== null) throw new PasskeyRejectedError(rule);
    const attestation = library.cbor.encode(
      new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', data],
      ]) as never,
    );
    const { verified, registrationInfo: made } = await orRejected(
      library.verifyRegistration({
        response: {
          id: answer.id,
          rawId: answer.id,
          type: 'public-key',
          response: { clientDataJSON: answer.clientDataJSON, attestationObject: Buffer.from(attestation).toString('base64url') },
          clientExtensionResults: {},
        },
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: this.relyingParty.id,
        requireUserVerification: true,
        supportedAlgorithmIDs: [...ALGORITHMS],
      }),
    );
    if (!verified || made.credential.id !== answer.id) throw new PasskeyRejectedError('credential');
    return {
      credentialId: Buffer.from(made.credential.id, 'base64url'),
      publicKey: Buffer.from(made.credential.publicKey),
      signCount: made.credential.counter,
      aaguid: made.aaguid,
      transports: answer.transports,
      backupEligible: made.credentialDeviceType === 'multiDevice',
      backupKnown: true,
      backedUp: made.credentialBackedUp,
      uvInitialized: made.userVerified,
    };
  }

  /**
   * Checks a proof.
   * @param isOpen uses up the challenge that the answer names; false if it cannot
   * @param find the passkey of an id; may throw
   * @throws PasskeyRejectedError
   */
  async authentication<Found extends Pick<Passkey, 'publicKey' | 'backupEligible' | 'backupKnown'>>(
    answer: AuthenticationAnswer,
    isOpen: (challenge: Buffer) => Promise<boolean>,
    find: (credentialId: Buffer) => Promise<Found>,
  ): Promise<{ passkey: Found; proof: PasskeyProof }> {
    const { origin, challenge } = await this.checkClientData(answer.clientDataJSON, 'webauthn.get', isOpen);
    const passkey = await find(Buffer.from(answer.id, 'base64url'));
    const rule = brokenAuthenticatorRule(Buffer.from(answer.authenticatorData, 'base64url'), this.relyingParty.id);
    if (rule !== null) throw new PasskeyRejectedError(rule);
    const { verifyAuthentication } = await webauthnLibrary();
    const { verified, authenticationInfo: proof } = await orRejected(
      verifyAuthentication({
        response: {
          id: answer.id,
          rawId: answer.id,
          type: 'public-key',
          response: { clientDataJSON: answer.clientDataJSON, authenticatorData: answer.authenticatorData, signature: answer.signature },
          clientExtensionResults: {},
        },
        expectedChallenge: challenge,
        expectedOrigin: origin,
        expectedRPID: this.relyingParty.id,
        requireUserVerification: true,
        // The count is compared where it is stored, so that of two proofs with the same count one fails.
        credential: { id: answer.id, publicKey: new Uint8Array(passkey.publicKey), counter: 0 },
      }),
    );
    if (!verified) throw new PasskeyRejectedError('credential');
    // What an authenticator may copy is said once and for all (WebAuthn Level 3 §7.2).
    const backupEligible = proof.credentialDeviceType === 'multiDevice';
    if (passkey.backupKnown && backupEligible !== passkey.backupEligible) throw new PasskeyRejectedError('backup_state');
    return { passkey, proof: { signCount: proof.newCounter, backupEligible, backedUp: proof.credentialBackedUp } };
  }

  private async checkClientData(
    base64url: string,
    type: 'webauthn.create' | 'webauthn.get',
    isOpen: (challenge: Buffer) => Promise<boolean>,
  ): Promise<{ origin: string; challenge: string }> {
    const clientData = readClientData(base64url);
    if (clientData === null) throw new PasskeyRejectedError('credential');
    // First, so that a challenge is used up by whatever is sent for it.
    if (!(await isOpen(clientData.challenge))) throw new PasskeyRejectedError('challenge');
    const rule = brokenRule(clientData, { type, isOrigin: (origin) => this.relyingParty.isOrigin(origin) });
    if (rule !== null) throw new PasskeyRejectedError(rule);
    return { origin: String(clientData.origin), challenge: clientData.challenge.toString('base64url') };
  }
}

/** @throws PasskeyRejectedError */
function authenticatorDataIn(attestationObject: string, { cbor }: WebauthnLibrary): Uint8Array {
  let data: unknown;
  try {
    const attestation = cbor.decodeFirst<Map<string, unknown>>(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
    data = attestation.get('authData');
  } catch (error) {
    throw new PasskeyRejectedError('credential', error);
  }
  if (!(data instanceof Uint8Array)) throw new PasskeyRejectedError('credential');
  return data;
}

/** The library throws plain errors. The rules that the API tells apart are checked before; what is left is the key and the encoding. */
async function orRejected<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new PasskeyRejectedError(/Unexpected public key alg/.test((error as Error).message) ? 'algorithm' : 'credential', error);
  }
}
