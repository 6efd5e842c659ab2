import type { PasskeySignalView } from '../generated/types.gen.js';
import { LatchkeyError, type LocalErrorCode, type Result, failed, localError, ok } from '../result.js';

/** Options of `navigator.credentials` in JSON (WebAuthn Level 3 §5.1.9 and §5.1.10), as the server gives them. */
export interface RequestOptionsJson {
  challenge: string;
  allowCredentials?: { id: string; type: string }[];
  [option: string]: unknown;
}
export interface CreationOptionsJson {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials?: { id: string; type: string }[];
}

/** What a browser gives, in JSON (WebAuthn Level 3 §5.1.8). */
export type CredentialJson = Record<string, unknown>;

/** What the type of TypeScript's DOM library may lack yet. */
type Passkeys = typeof PublicKeyCredential & {
  parseCreationOptionsFromJSON?: (options: object) => PublicKeyCredentialCreationOptions;
  parseRequestOptionsFromJSON?: (options: object) => PublicKeyCredentialRequestOptions;
  isConditionalMediationAvailable?: () => Promise<boolean>;
} & Partial<Record<SignalMethod, (about: object) => Promise<void>>>;

type SignalMethod = 'signalUnknownCredential' | 'signalAllAcceptedCredentials' | 'signalCurrentUserDetails';

function passkeys(): Passkeys | undefined {
  return typeof PublicKeyCredential === 'undefined' || typeof navigator === 'undefined' || !('credentials' in navigator)
    ? undefined
    : (PublicKeyCredential as Passkeys);
}

/** Whether this browser has passkeys at all. */
export function hasPasskeys(): boolean {
  return passkeys() !== undefined;
}

/** Whether it offers them in the autofill of a field with `autocomplete="username webauthn"`. */
export async function hasAutofill(): Promise<boolean> {
  try {
    return (await passkeys()?.isConditionalMediationAvailable?.()) === true;
  } catch {
    return false;
  }
}

/**
 * Has a passkey chosen. Of two dialogs at once browsers refuse one, so a new one ends the one that is open.
 * @param mediation `conditional`: in the autofill of a field, for as long as nobody chooses one
 * @returns the credential in JSON
 */
export async function getPasskey(
  options: RequestOptionsJson,
  { mediation, signal }: { mediation?: CredentialMediationRequirement; signal?: AbortSignal | undefined } = {},
): Promise<Result<CredentialJson, never>> {
  const kind = passkeys();
  if (kind === undefined) return failed(unsupported());
  return ceremony(signal, (alive) => {
    const publicKey = kind.parseRequestOptionsFromJSON?.(options) ?? toRequestOptions(options);
    return navigator.credentials.get({ publicKey, signal: alive, ...(mediation && { mediation }) });
  });
}

/** Has a passkey made. @returns the credential in JSON; `authenticator.exists` where the account has one there already */
export async function createPasskey(
  options: CreationOptionsJson,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Result<CredentialJson, never>> {
  const kind = passkeys();
  if (kind === undefined) return failed(unsupported());
  return ceremony(signal, (alive) => {
    const publicKey = kind.parseCreationOptionsFromJSON?.(options) ?? toCreationOptions(options);
    return navigator.credentials.create({ publicKey, signal: alive });
  });
}

/** Whether the browser listens to what became of passkeys. */
export function takesSignals(): boolean {
  return passkeys()?.signalAllAcceptedCredentials !== undefined;
}

/** Tells the browser which passkeys the account has: it stops to offer others, and shows its names as they are now (WebAuthn Level 3 §5.1.10). */
export function signalAccount(signal: PasskeySignalView | undefined): void {
  if (signal === undefined) return;
  const { rpId, userId, allAcceptedCredentialIds, name, displayName } = signal;
  tell('signalAllAcceptedCredentials', { rpId, userId, allAcceptedCredentialIds });
  tell('signalCurrentUserDetails', { rpId, userId, name, displayName });
}

/** Tells the browser that no account has the passkey that was chosen. */
export function signalUnknown(unknown: { rpId?: string; credentialId?: string } | undefined): void {
  if (unknown !== undefined) tell('signalUnknownCredential', unknown);
}

function tell(method: SignalMethod, about: object): void {
  // What becomes of it is the browser's affair.
  void Promise.resolve(passkeys()?.[method]?.(about)).catch(() => {});
}

/** How long a dialog may take to end when the next one wants to open, ms: one that does not listen is not waited for. */
const ENDING_MS = 500;

/** What was made, as the server takes it: without a name it is called by its maker. */
export function named(name: string | undefined, credential: CredentialJson): { name?: string; credential: CredentialJson } {
  return { ...(name !== undefined && { name }), credential };
}

/** The dialog that is open, if there is one, and when it is over. */
let open: { end: () => void; over: Promise<unknown> } | undefined;

/** Waits until no dialog is open. */
export async function undisturbed(): Promise<void> {
  while (open !== undefined) await open.over;
}

async function ceremony(
  caller: AbortSignal | undefined,
  ask: (alive: AbortSignal) => Promise<Credential | null>,
): Promise<Result<CredentialJson, never>> {
  if (open !== undefined) {
    open.end();
    await Promise.race([open.over, new Promise((resolve) => setTimeout(resolve, ENDING_MS))]);
  }
  const controller = new AbortController();
  const end = (): void => controller.abort();
  if (caller?.aborted === true) return failed(localError('client.aborted', 'The call was cancelled.'));
  caller?.addEventListener('abort', end);
  const asked = Promise.resolve().then(() => ask(controller.signal));
  const mine = { end, over: asked.catch(() => {}) };
  open = mine;
  try {
    const credential = await asked;
    return credential === null ? failed(refused()) : ok(toJson(credential as PublicKeyCredential));
  } catch (cause) {
    return failed(problemOf(cause, controller.signal.aborted));
  } finally {
    caller?.removeEventListener('abort', end);
    if (open === mine) open = undefined;
  }
}

function problemOf(cause: unknown, isAborted: boolean): LatchkeyError<LocalErrorCode> {
  if (isAborted) return localError('client.aborted', 'The call was cancelled.', cause);
  const name = cause instanceof Error ? cause.name : undefined;
  if (name === 'InvalidStateError') {
    const message = 'There is a passkey of this account on this device already.';
    return new LatchkeyError('authenticator.exists' as LocalErrorCode, message, 0, [], undefined, undefined, cause);
  }
  return name === 'NotSupportedError' ? unsupported(cause) : refused(cause);
}

function unsupported(cause?: unknown): LatchkeyError<LocalErrorCode> {
  return localError('client.passkey_unsupported', 'This browser cannot use passkeys here.', cause);
}

function refused(cause?: unknown): LatchkeyError<LocalErrorCode> {
  return localError('client.passkey_refused', 'No passkey was used.', cause);
}

function toRequestOptions({ challenge, allowCredentials, ...options }: RequestOptionsJson): PublicKeyCredentialRequestOptions {
  return { ...options, challenge: toBytes(challenge), ...(allowCredentials && { allowCredentials: allowCredentials.map(withBytes) }) };
}

function toCreationOptions({ challenge, user, excludeCredentials, ...options }: CreationOptionsJson): PublicKeyCredentialCreationOptions {
  return {
    ...options,
    challenge: toBytes(challenge),
    user: { ...user, id: toBytes(user.id) },
    ...(excludeCredentials && { excludeCredentials: excludeCredentials.map(withBytes) }),
  } as unknown as PublicKeyCredentialCreationOptions;
}

function withBytes({ id, ...descriptor }: { id: string; type: string }): PublicKeyCredentialDescriptor {
  return { ...descriptor, id: toBytes(id) } as PublicKeyCredentialDescriptor;
}

/** Password managers that stand in for the browser may lack `toJSON`, or have one that fails. */
function toJson(credential: PublicKeyCredential): CredentialJson {
  try {
    const json: unknown = (credential as { toJSON?: () => unknown }).toJSON?.();
    if (typeof json === 'object' && json !== null) return json as CredentialJson;
  } catch {
    // By hand, then.
  }
  const response = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const { clientDataJSON, attestationObject, authenticatorData, signature, userHandle } = response;
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: {
      clientDataJSON: toText(clientDataJSON),
      ...(attestationObject === undefined
        ? {
            authenticatorData: toText(authenticatorData),
            signature: toText(signature),
            userHandle: userHandle ? toText(userHandle) : undefined,
          }
        : { attestationObject: toText(attestationObject), transports: response.getTransports?.() ?? [] }),
    },
  };
}

/** Base64url (RFC 4648 §5). */
function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

function toText(bytes: ArrayBuffer): string {
  const characters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join('');
  return btoa(characters).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
