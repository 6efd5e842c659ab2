// W3C Web Authentication Level 3, section 16: registrations and authentications of every kind of authenticator. Each goes through the
// server's own verifier. This server asks for less than the specification allows, so a vector is either taken, or refused by the one rule
// that its bytes break.
import { decodeAttestationObject, isoCBOR, parseAuthenticatorData } from '@simplewebauthn/server/helpers';
import { PasskeyVerifier } from '../../dist/auth/factors/passkeys/passkey-verifier.service.js';
import { RelyingParty } from '../../dist/auth/webauthn/relying-party.service.js';

const USER_VERIFIED = 0x04;
const FLAGS_AT = 32;
const CHALLENGE_BYTES = 32;
/** Signature algorithms that the server never asks for (COSE). */
const ED448 = -53;

const bytes = (hex) => Buffer.from(hex, 'hex');
const text = (hex) => bytes(hex).toString('base64url');

export const webauthn = {
  file: 'w3c-webauthn-l3-section-16.json',

  casesOf: (json) => {
    const { origin, rpId, vectors } = JSON.parse(json);
    const settings = {
      APP_NAME: 'x',
      CORS_ORIGINS: [],
      NODE_ENV: 'production',
      PUBLIC_URL: origin,
      WEBAUTHN_ORIGINS: [origin],
      WEBAUTHN_RP_ID: rpId,
    };
    const verifier = new PasskeyVerifier(new RelyingParty(settings));
    return vectors.flatMap(({ title, registration, authentication }) => {
      const attestation = decodeAttestationObject(new Uint8Array(bytes(registration.attestationObject)));
      const data = Buffer.from(attestation.get('authData'));
      const made = parseAuthenticatorData(new Uint8Array(data));
      const id = Buffer.from(made.credentialID).toString('base64url');
      const key = {
        publicKey: Buffer.from(made.credentialPublicKey),
        backupEligible: made.flags.be,
        alg: isoCBOR.decodeFirst(made.credentialPublicKey).get(3),
      };
      const one = (ceremony, parts, flags, run) => ({
        title,
        ceremony,
        expected: ruleBroken(
          JSON.parse(bytes(parts.clientDataJSON).toString()),
          bytes(parts.challenge),
          flags,
          ceremony === 'authentication' ? null : key.alg,
        ),
        run,
      });
      const register = (authData) => () =>
        verifier.registration(
          {
            id,
            clientDataJSON: text(registration.clientDataJSON),
            attestationObject: Buffer.from(isoCBOR.encode(new Map(attestation).set('authData', new Uint8Array(authData)))).toString(
              'base64url',
            ),
            transports: [],
          },
          async (challenge) => challenge.equals(bytes(registration.challenge)),
        );
      const verified = Buffer.from(data);
      verified[FLAGS_AT] |= USER_VERIFIED;
      return [
        one('registration', registration, data[FLAGS_AT], register(data)),
        // No signature covers these bytes for a server that ignores attestation, so that the key of every vector can be read.
        one('registration with a verified user', registration, verified[FLAGS_AT], register(verified)),
        one('authentication', authentication, bytes(authentication.authenticatorData)[FLAGS_AT], () =>
          verifier.authentication(
            {
              id,
              clientDataJSON: text(authentication.clientDataJSON),
              authenticatorData: text(authentication.authenticatorData),
              signature: text(authentication.signature),
              userHandle: null,
            },
            async (challenge) => challenge.equals(bytes(authentication.challenge)),
            async () => key,
          ),
        ),
      ].map((each) => ({ ...each, alg: key.alg }));
    });
  },

  judge: async (each) => {
    const { expected, run, alg, ceremony } = each;
    const found = await run().then(
      () => null,
      (error) => error.rule ?? `threw ${error.message}`,
    );
    each.result = found;
    delete each.run;
    if (ceremony === 'authentication' && alg === ED448 && found === 'credential')
      return 'refused: Ed448, which the library cannot check and no options ask for';
    if (found !== expected) return undefined;
    return found === null ? 'taken' : `refused: ${found}`;
  },
};

/** The first rule of this server that a vector breaks, in the order in which the server looks. */
function ruleBroken({ crossOrigin, topOrigin }, challenge, flags, alg) {
  if (challenge.length !== CHALLENGE_BYTES) return 'credential';
  if (crossOrigin === true || topOrigin !== undefined) return 'cross_origin';
  if ((flags & USER_VERIFIED) === 0) return 'user_verification';
  return alg === ED448 ? 'algorithm' : null;
}
