import { createHash } from 'node:crypto';
import {
  AuthenticatorEmulator,
  type AuthenticatorParameters,
  PasskeysCredentialsMemoryRepository,
  packAttestationObject,
  unpackAuthenticatorData,
} from 'nid-webauthn-emulator';
import { PUBLIC_URL } from './start-app.js';

/* eslint-disable typescript/no-explicit-any -- options and answers are JSON of every shape */

/** The origin and the RP ID of the server under test. */
export const ORIGIN = PUBLIC_URL;
export const RP_ID = new URL(PUBLIC_URL).hostname;

/** Where the browser of a test differs from one that shows a page of this server. */
export interface Forged {
  origin?: string;
  rpId?: string;
  /** Members of the client data that replace those of a browser. */
  clientData?: Record<string, unknown>;
  /** Flags that the authenticator sets beside or instead of its own; only possible where nothing is signed. */
  flags?: { userVerified?: boolean; userPresent?: boolean; backupEligibility?: boolean; backupState?: boolean };
  userHandle?: string | null;
}

const bytesOf = (base64url: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(base64url, 'base64url'));
const toText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** An authenticator without a browser, which signs whatever client data it is told to: an attacker's as well. */
export class VirtualAuthenticator {
  readonly emulator: AuthenticatorEmulator;

  constructor(parameters: Partial<AuthenticatorParameters> = {}) {
    this.emulator = new AuthenticatorEmulator({ credentialsRepository: new PasskeysCredentialsMemoryRepository(), ...parameters });
  }

  /** As `navigator.credentials.create()` answers. */
  create(options: any, { origin = ORIGIN, rpId = options.rp.id, clientData = {}, flags = {} }: Forged = {}): any {
    const json = clientDataJson({ type: 'webauthn.create', challenge: options.challenge, origin, crossOrigin: false, ...clientData });
    const made = this.emulator.authenticatorMakeCredential({
      clientDataHash: hashOf(json),
      rp: { id: rpId, name: options.rp.name },
      user: { ...options.user, id: bytesOf(options.user.id) },
      pubKeyCredParams: options.pubKeyCredParams,
      excludeList: options.excludeCredentials.map((each: any) => ({ type: 'public-key', id: bytesOf(each.id) })),
      options: { rk: true, uv: true },
    });
    const authData = unpackAuthenticatorData(made.authData);
    const id = toText(authData.attestedCredentialData?.credentialId ?? new Uint8Array());
    const told = { ...authData, flags: { ...authData.flags, ...flags } };
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      response: {
        clientDataJSON: toText(Buffer.from(json)),
        attestationObject: toText(packAttestationObject({ fmt: 'none', attStmt: {}, authData: told })),
        transports: ['internal', 'hybrid'],
      },
      clientExtensionResults: { credProps: { rk: true } },
    };
  }

  /** As `navigator.credentials.get()` answers. */
  get(options: any, { origin = ORIGIN, rpId = options.rpId, clientData = {}, userHandle }: Forged = {}): any {
    const json = clientDataJson({ type: 'webauthn.get', challenge: options.challenge, origin, crossOrigin: false, ...clientData });
    const allowList = options.allowCredentials.map((each: any) => ({ type: 'public-key' as const, id: bytesOf(each.id) }));
    const proof = this.emulator.authenticatorGetAssertion({
      rpId,
      clientDataHash: hashOf(json),
      allowList: allowList.length > 0 ? allowList : undefined,
      options: { uv: true, up: true },
    });
    // With a list of one, authenticators leave it out.
    const id = proof.credential === undefined ? options.allowCredentials[0].id : toText(proof.credential.id as Uint8Array);
    const own = proof.user === undefined ? null : toText(proof.user.id as Uint8Array);
    return {
      id,
      rawId: id,
      type: 'public-key',
      response: {
        clientDataJSON: toText(Buffer.from(json)),
        authenticatorData: toText(proof.authData),
        signature: toText(proof.signature),
        userHandle: userHandle === undefined ? own : userHandle,
      },
      clientExtensionResults: {},
    };
  }
}

function clientDataJson(members: Record<string, unknown>): string {
  return JSON.stringify(members);
}

function hashOf(json: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(json).digest());
}
