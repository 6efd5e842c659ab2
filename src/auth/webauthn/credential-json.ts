import { type FieldProblem, InvalidRequestError } from '../../common/errors.js';
import type { FieldRule } from '../../common/declared.js';

/** What the server reads of `RegistrationResponseJSON` (WebAuthn Level 3 §5.1.8). */
export interface RegistrationAnswer {
  id: string;
  clientDataJSON: string;
  attestationObject: string;
  transports: string[];
}

/** What the server reads of `AuthenticationResponseJSON`. */
export interface AuthenticationAnswer {
  id: string;
  clientDataJSON: string;
  authenticatorData: string;
  signature: string;
  /** The account that the authenticator has the passkey for; authenticators may leave it out where they were given a list. */
  userHandle: string | null;
}

const BASE64URL = /^[\w-]+$/;
/** An id has at most 1023 bytes (WebAuthn Level 3 §6.5.1). */
const MAX_ID_CHARS = 1_364;
const MAX_CHARS = 32_768;
/** A user handle has at most 64 bytes. */
const MAX_HANDLE_CHARS = 86;
const MAX_TRANSPORTS = 8;
const TRANSPORT = /^[a-z][a-z-]{0,31}$/;

/** Reads the members of a credential and collects what is wrong with them. Browsers may send more members; those are ignored. */
class CredentialReader {
  readonly problems: FieldProblem[] = [];
  private readonly credential: Readonly<Record<string, unknown>>;
  private readonly response: Readonly<Record<string, unknown>>;

  constructor(credential: unknown) {
    this.credential = this.object(credential, '/credential');
    this.response = this.problems.length > 0 ? {} : this.object(this.credential['response'], '/credential/response');
    if (this.problems.length === 0 && this.credential['type'] !== 'public-key') {
      this.add('/credential/type', 'isIn', 'The type of a passkey is public-key.');
    }
  }

  id(): string {
    const id = this.base64url(this.credential['id'], '/credential/id', MAX_ID_CHARS);
    const { rawId } = this.credential;
    if (rawId !== undefined && rawId !== this.credential['id']) this.add('/credential/rawId', 'matches', 'It has to be the same as `id`.');
    return id;
  }

  bytes(name: string, max = MAX_CHARS): string {
    return this.base64url(this.response[name], `/credential/response/${name}`, max);
  }

  optionalBytes(name: string, max: number): string | null {
    const value = this.response[name];
    return value === undefined || value === null || value === '' ? null : this.bytes(name, max);
  }

  /** New kinds of transports are kept: browsers understand them, or ignore them (WebAuthn Level 3 §5.8.4). */
  transports(): string[] {
    const given = this.response['transports'];
    if (!Array.isArray(given)) return [];
    return [...new Set(given.filter((each): each is string => typeof each === 'string' && TRANSPORT.test(each)))].slice(0, MAX_TRANSPORTS);
  }

  /** @throws InvalidRequestError if something is wrong */
  check(): void {
    if (this.problems.length > 0) throw new InvalidRequestError(this.problems);
  }

  private object(value: unknown, pointer: string): Readonly<Record<string, unknown>> {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
    this.add(pointer, value === undefined ? 'required' : 'isObject', 'Send what the browser returned, as `toJSON()` writes it.');
    return {};
  }

  private base64url(value: unknown, pointer: string, max: number): string {
    if (value === undefined) this.add(pointer, 'required', 'Send what the browser returned, as `toJSON()` writes it.');
    else if (typeof value !== 'string') this.add(pointer, 'isString', 'It has to be text.');
    else if (value.length > max) this.add(pointer, 'maxLength', `At most ${max} characters.`, { max });
    else if (!BASE64URL.test(value)) this.add(pointer, 'matches', 'Use base64url without padding.');
    return typeof value === 'string' ? value : '';
  }

  private add(pointer: string, rule: FieldRule, detail: string, values?: FieldProblem['values']): void {
    this.problems.push({ pointer, rule, detail, values });
  }
}

/** @throws InvalidRequestError naming every wrong member */
export function readRegistration(credential: unknown): RegistrationAnswer {
  const reader = new CredentialReader(credential);
  if (reader.problems.length > 0) reader.check();
  const answer = {
    id: reader.id(),
    clientDataJSON: reader.bytes('clientDataJSON'),
    attestationObject: reader.bytes('attestationObject'),
    transports: reader.transports(),
  };
  reader.check();
  return answer;
}

/** @throws InvalidRequestError naming every wrong member */
export function readAuthentication(credential: unknown): AuthenticationAnswer {
  const reader = new CredentialReader(credential);
  if (reader.problems.length > 0) reader.check();
  const answer = {
    id: reader.id(),
    clientDataJSON: reader.bytes('clientDataJSON'),
    authenticatorData: reader.bytes('authenticatorData'),
    signature: reader.bytes('signature', 1_024 * 8),
    userHandle: reader.optionalBytes('userHandle', MAX_HANDLE_CHARS),
  };
  reader.check();
  return answer;
}
