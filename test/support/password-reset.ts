import { register } from './accounts.js';
import type { ReceivedMail } from './mailbox.js';
import type { Answer, TestApp } from './start-app.js';

/** Another password that the core's policy accepts. */
export const NEW_PASSWORD = 'seven calm rivers run';

export interface ResetCandidate {
  id: string;
  email: string;
  /** The mail with code and link. */
  mail: ReceivedMail;
}

/** Steps of resetting a password. */
export class ResetFlow {
  constructor(private readonly app: () => TestApp) {}

  readonly forgot = (identifier: unknown, options: object = {}): Promise<Answer> =>
    this.app().post('/v1/auth/password/forgot', { identifier }, options);

  readonly check = (body: object): Promise<Answer> => this.app().post('/v1/auth/password/reset/check', body);

  readonly reset = (body: object, options: object = {}): Promise<Answer> =>
    this.app().post('/v1/auth/password/reset', { newPassword: NEW_PASSWORD, ...body }, options);

  /** Requests a reset and returns its mail. `email` must have received an earlier mail. */
  readonly mailFor = async (email: string, identifier = email): Promise<ReceivedMail> => {
    const before = await this.app().mailbox.newest(email);
    await this.forgot(identifier);
    return this.app().mailbox.newest(email, before);
  };

  /** A new account with a requested reset. */
  readonly candidate = async (fields: Record<string, unknown> = {}): Promise<ResetCandidate> => {
    const { id, email } = await register(this.app(), fields);
    return { id, email, mail: await this.mailFor(email) };
  };
}

/** Whether a code or link was refused without revealing the reason. */
export function isRefused({ status, body }: Answer): boolean {
  return status === 400 && body.code === 'challenge.invalid';
}

/** A code of the same length that differs from the given one. */
export function wrongCode(code: string, by = 1): string {
  return String((Number(code) + by) % 10 ** code.length).padStart(code.length, '0');
}
