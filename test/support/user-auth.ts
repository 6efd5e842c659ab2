import { PASSWORD as STRONG_PASSWORD, signIn } from './accounts.js';
import { ContractClient } from './contracts.js';
import type { Answer, TestApp } from './start-app.js';

const PASSWORD = 'password';

let serial = 0;

interface Registered {
  uuid: string;
  username: string;
  /** The number as entered. */
  mobile: string;
  e164: string;
  password: string;
}

/** Steps of a client of the contract `user-auth`. */
export class UserAuthFlow {
  private readonly api: ContractClient;

  constructor(private readonly app: TestApp) {
    this.api = new ContractClient(app, 'user-auth');
  }

  /** Registration fields that nobody has used yet. */
  fresh(password = PASSWORD): { username: string; mobile: string; password: string } {
    serial += 1;
    return { username: `fatematzuhora${serial}`, mobile: `(212) 555-${1_000 + serial}`, password };
  }

  async registered(password?: string): Promise<Registered> {
    const fields = this.fresh(password);
    const answer = await this.api.send('POST', '/user', fields);
    if (answer.status !== 201) throw new Error(`register: ${answer.status} ${answer.text}`);
    return { ...fields, uuid: answer.body.data.uuid, e164: `+1${fields.mobile.replaceAll(/\D/g, '')}` };
  }

  activate(mobile: unknown, code?: unknown): Promise<Answer> {
    return this.api.send('POST', '/user/activate-account/', code === undefined ? { mobile } : { mobile, code });
  }

  /** An activated account, by whichever method this server offers. */
  async activated(password?: string): Promise<Registered> {
    const account = await this.registered(password);
    const code = this.app.settings.CONTRACTS_OPEN ? undefined : (await this.app.mailbox.newest(account.e164)).secretCode;
    const { status, text } = await this.activate(account.mobile, code);
    if (status !== 200) throw new Error(`activate: ${status} ${text}`);
    return account;
  }

  async signedIn(): Promise<Registered & { token: string; refreshToken: string }> {
    const account = await this.activated();
    const { username, password } = account;
    const { status, body, text } = await this.api.send('POST', '/user/login', { username, password });
    if (status !== 200) throw new Error(`login: ${status} ${text}`);
    return { ...account, token: body.access_token, refreshToken: body.refresh_token };
  }

  /** An administrator; signed in by the core's own API, for a contract's sessions carry no such role. */
  async admin(): Promise<Registered & { token: string }> {
    const account = await this.activated(STRONG_PASSWORD);
    await this.app.rows("UPDATE users SET roles = '{user,admin}' WHERE id = $1", [account.uuid]);
    return { ...account, token: (await signIn(this.app, account.username, account.password)).accessToken };
  }
}
