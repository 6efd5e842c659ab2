import { type TestUser, signedIn } from './accounts.js';
import type { ReceivedMail } from './mailbox.js';
import type { Answer, CallOptions, TestApp } from './start-app.js';

export const PAGE = '/account/delete-account';

/** Form fields; a list of pairs if a name is sent twice. */
export type Fields = Record<string, string> | [string, string][];

/** Steps of deleting an account by a mailed link. */
export class DeletionFlow {
  constructor(private readonly app: () => TestApp) {}

  /** A signed-in account with a proven address. */
  readonly proven = async (fields: Record<string, unknown> = {}): Promise<TestUser> => {
    const user = await signedIn(this.app(), fields);
    const { secretCode } = await this.app().mailbox.newest(user.email);
    const confirmed = await this.app().post('/v1/auth/email/verification/confirm', {
      email: user.email,
      code: secretCode,
      password: user.password,
    });
    if (confirmed.status !== 200) throw new Error(`confirm: ${confirmed.status} ${confirmed.text}`);
    return user;
  };

  readonly ask = (token: string | undefined, body?: unknown): Promise<Answer> => this.app().post('/v1/users/me/deletion', body, { token });

  /** Requests the link and returns its mail. `email` must have received an earlier mail. */
  readonly mailFor = async ({ email, accessToken }: TestUser, body?: unknown): Promise<ReceivedMail> => {
    const before = await this.app().mailbox.newest(email);
    const answer = await this.ask(accessToken, body);
    if (answer.status !== 202) throw new Error(`deletion: ${answer.status} ${answer.text}`);
    return this.app().mailbox.newest(email, before);
  };

  /** A signed-in account with a proven address that has requested the link. */
  readonly asked = async (fields: Record<string, unknown> = {}): Promise<TestUser & { mail: ReceivedMail }> => {
    const user = await this.proven(fields);
    return { ...user, mail: await this.mailFor(user) };
  };

  readonly open = (token: string): Promise<Answer> => this.app().get(`${PAGE}?token=${token}`);

  readonly submit = (fields: Fields, options: CallOptions = {}): Promise<Answer> =>
    this.app().post(PAGE, new URLSearchParams(fields).toString(), {
      ...options,
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...options.headers },
    });

  readonly exists = async ({ id }: { id: string }): Promise<boolean> =>
    (await this.app().rows('SELECT id FROM users WHERE id = $1', [id])).length > 0;
}
