import sharp from 'sharp';
import type { Role } from '../../src/common/access.js';
import { PASSWORD, signIn } from './accounts.js';
import { AnswerCheck } from './answer-check.js';
import { ContractClient } from './contracts.js';
import type { ReceivedMail } from './mailbox.js';
import type { Answer, TestApp } from './start-app.js';

type SendOptions = NonNullable<Parameters<ContractClient['send']>[3]>;

/** A password as in the document's examples. */
export const READER_PASSWORD = 'johndoe1';

/** A date in HTTP's format. */
export const RFC_1123 = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** Failures as in the contract's document. */
export const BAD_REQUEST = { status: 400, body: { message: 'BAD REQUEST', status: 400 } };
export const UNAUTHORIZED = { status: 401, body: { message: 'ACCESS UNAUTHORIZED', status: 401 } };
export const NOT_FOUND = { status: 404, body: { message: 'NOT FOUND', status: 404 } };
export const NO_TOKEN = { status: 401, body: { msg: 'Missing access_token Header' } };

export interface Reader {
  username: string;
  email: string;
  /** The contract's id of the account. */
  id: number;
  token: string;
}

/** A frontend of the contract `test-library`. */
export class LibraryClient {
  /** Differences between answers and the contract's OpenAPI document. */
  readonly complaints: string[] = [];
  private readonly api: ContractClient;
  private check: AnswerCheck | undefined;
  private serial = 0;

  /** @param prefix of generated usernames, for tests that share a server */
  constructor(
    private readonly app: TestApp,
    private readonly prefix = 'tesu',
  ) {
    this.api = new ContractClient(app, 'test-library');
  }

  /** Sends the token as the document requires: without a scheme, in its own header. */
  async send(
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE',
    path: string,
    fields?: Record<string, unknown>,
    { token, headers, ...options }: SendOptions = {},
  ): Promise<Answer> {
    const answer = await this.api.send(method, path, fields, {
      ...options,
      headers: { ...(token === undefined ? {} : { access_token: token }), ...headers },
    });
    this.check ??= new AnswerCheck((await this.app.get('/docs/contracts/test-library.json')).body);
    const { status, headers: received, text } = answer;
    const complaint = this.check.complaint(method, path, { status, contentType: String(received['content-type']), text });
    if (complaint !== undefined) this.complaints.push(complaint);
    return answer;
  }

  get(path: string, options?: SendOptions): Promise<Answer> {
    return this.send('GET', path, undefined, options);
  }

  login(email: string, password = READER_PASSWORD): Promise<Answer> {
    return this.send('POST', '/users/login', { email, password });
  }

  /** Registration fields that nobody has used yet. */
  fresh(): { email: string; password: string; username: string } {
    this.serial += 1;
    const username = `${this.prefix}${this.serial}`;
    return { email: `${username}@mail.com`, password: READER_PASSWORD, username };
  }

  /**
   * Registers and signs in, administrators by the core's own API and with a password of its policy: a contract's sessions carry no such role. Fails loudly if that does not
   * work.
   */
  async signedIn(role: Role = 'user'): Promise<Reader> {
    const fields = { ...this.fresh(), ...(role === 'admin' ? { password: PASSWORD } : {}) };
    const registered = await this.send('POST', '/users/register', fields);
    if (registered.status !== 201) throw new Error(registered.text);
    const { id } = registered.body.result;
    if (role !== 'user') await this.app.rows('UPDATE users SET roles = $2 WHERE number = $1', [id, [role, 'user']]);
    const account = { username: fields.username, email: fields.email, id };
    if (role === 'admin') return { ...account, token: (await signIn(this.app, fields.email)).accessToken };
    const { body, text } = await this.login(fields.email);
    if (typeof body.access_token !== 'string') throw new Error(text);
    return { ...account, token: body.access_token };
  }

  /** Requests an OTP and returns the mail with it. */
  async askForReset(email: string): Promise<{ answer: Answer; token: string; mail: ReceivedMail }> {
    // The registration has sent at least one mail.
    const before = await this.app.mailbox.newest(email);
    const answer = await this.send('POST', '/users/requestResetPassword', { your_email: email });
    return { answer, token: answer.body.access_token, mail: await this.app.mailbox.newest(email, before) };
  }

  reset(token: string, otp: unknown, password = 'johndoe2', confirmed = password): Promise<Answer> {
    return this.send('PUT', '/users/reset_password', { new_password: password, confirm_new_password: confirmed, OTP: otp }, { token });
  }
}

/** A PNG of one colour. */
export function pngOf(background: string): Promise<Buffer> {
  return sharp({ create: { width: 40, height: 30, channels: 3, background } })
    .png()
    .toBuffer();
}
