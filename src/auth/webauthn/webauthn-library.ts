import type * as Server from '@simplewebauthn/server';
import type * as Helpers from '@simplewebauthn/server/helpers';

/** The functions of the library that this server uses. */
export interface WebauthnLibrary {
  verifyRegistration: typeof Server.verifyRegistrationResponse;
  verifyAuthentication: typeof Server.verifyAuthenticationResponse;
  cbor: typeof Helpers.isoCBOR;
}

let loaded: Promise<WebauthnLibrary> | undefined;

/** The library that checks WebAuthn answers. It is loaded with the first one: that takes half a second, and 28 MB that many servers never need. */
export function webauthnLibrary(): Promise<WebauthnLibrary> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<WebauthnLibrary> {
  const server = await import('@simplewebauthn/server');
  const { isoCBOR: cbor } = await import('@simplewebauthn/server/helpers');
  return { verifyRegistration: server.verifyRegistrationResponse, verifyAuthentication: server.verifyAuthenticationResponse, cbor };
}
