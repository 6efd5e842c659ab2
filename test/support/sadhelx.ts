import { ContractClient } from './contracts.js';
import type { ReceivedMail } from './mailbox.js';
import type { Answer, TestApp } from './start-app.js';

/** The password in the contract's document. */
export const SADHELX_PASSWORD = 'password';

export interface SadhelxUser {
  username: string;
  email: string;
  password: string;
}

let serial = 0;

/** Fields of a sign-up with values that nobody else in this run uses. */
export function freshSadhelxUser(): SadhelxUser {
  serial += 1;
  const username = `sad${process.pid}.${serial}`;
  return { username, email: `${username}@email.com`, password: SADHELX_PASSWORD };
}

/** Steps of the mobile app that uses the contract `sadhelx`. */
export class SadhelxFlow {
  private readonly api: ContractClient;

  constructor(private readonly app: TestApp) {
    this.api = new ContractClient(app, 'sadhelx');
  }

  /** Signs up; the address stays unverified. */
  readonly signedUp = async (fields: Record<string, unknown> = {}): Promise<SadhelxUser> => {
    const user = { ...freshSadhelxUser(), ...fields };
    const answer = await this.api.send('POST', '/signup', user);
    if (answer.status !== 201) throw new Error(`signup: ${answer.status} ${answer.text}`);
    return user;
  };

  /** Signs up and verifies the address; the mail is the newest then. */
  readonly verified = async (fields: Record<string, unknown> = {}): Promise<SadhelxUser & { mail: ReceivedMail }> => {
    const user = await this.signedUp(fields);
    const mail = await this.app.mailbox.newest(user.email);
    const answer = await this.api.send('POST', '/verify/mail', { identity: user.email, code: mail.secretCode });
    if (answer.status !== 200) throw new Error(`verify: ${answer.status} ${answer.text}`);
    // The mail about the first proof.
    return { ...user, mail: await this.app.mailbox.newest(user.email, mail) };
  };

  readonly signedIn = async (fields: Record<string, unknown> = {}) => {
    const user = await this.verified(fields);
    const answer = await this.login(user.email, user.password);
    if (answer.status !== 200) throw new Error(`login: ${answer.status} ${answer.text}`);
    const { token } = answer.body.data;
    return { ...user, accessToken: String(token.token_access), refreshToken: String(token.token_refresh) };
  };

  readonly login = (identity: string, password: string): Promise<Answer> => this.api.send('POST', '/login', { identity, password });

  /** Requests a code for a new password and returns its mail; `last` is the latest earlier mail. */
  readonly resetMail = async (email: string, last: ReceivedMail): Promise<ReceivedMail> => {
    const answer = await this.api.send('POST', '/get-password-reset-code', { identity: email });
    if (answer.status !== 200) throw new Error(`reset code: ${answer.status} ${answer.text}`);
    return this.app.mailbox.newest(email, last);
  };
}
