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

  /** Asks for a reset and gives the mail; `email` has got another one before. */
  readonly mailFor = async (email: string, identifier = email): Promise<ReceivedMail> => {
    const before = await this.app().mailbox.newest(email);
    await this.forgot(identifier);
    return this.app().mailbox.newest(email, before);
  };

  /** A new account whose owner has asked for a reset. */
  readonly candidate = async (fields: Record<string, unknown> = {}): Promise<ResetCandidate> => {
    const { id, email } = await register(this.app(), fields);
    return { id, email, mail: await this.mailFor(email) };
  };
}

/** Whether a code or link was refused without a word of why. */
export function isRefused({ status, body }: Answer): boolean {
  return status === 400 && body.code === 'challenge.invalid';
}

/** Six digits that are not the code. */
export function wrongCode(code: string, by = 1): string {
  return String((Number(code) + by) % 1_000_000).padStart(6, '0');
}
