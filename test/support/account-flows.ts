import { freshEmail } from './accounts.js';
import type { ReceivedMail } from './mailbox.js';
import { wrongCode } from './password-reset.js';
import { type SecretHunt, breaking } from './secret-hunt.js';
import type { Answer, TestApp } from './start-app.js';

const ME = '/v1/users/me';
const MOBILE = '+12125550177';

const PASSWORDS = {
  first: 'third-canary-sleeps-in-a-red-barn',
  reset: 'fourth-canary-counts-its-own-toes',
  undo: 'fifth-canary-has-a-wooden-spoon',
  wrong: 'sixth-canary-is-not-the-password',
};

/**
 * Takes an account through its flows: password reset, change of the address and its undoing, proof of a number by text message, deletion.
 * Each secret is used correctly, incorrectly and twice, and once while the server fails.
 */
export class AccountFlows {
  private email = freshEmail('canary-owner');
  private accessToken = '';
  private last: ReceivedMail | undefined;

  constructor(
    private readonly app: TestApp,
    private readonly hunt: SecretHunt,
  ) {
    for (const [name, password] of Object.entries(PASSWORDS)) hunt.add(`${name} password`, password);
  }

  async run(): Promise<void> {
    await this.app.post('/v1/auth/register', { email: this.email, password: PASSWORDS.first });
    const { secretCode: code } = await this.mail('registration');
    await this.app.post('/v1/auth/email/verification/confirm', { email: this.email, code, password: PASSWORDS.first });
    await this.reset();
    await this.signIn(PASSWORDS.reset);
    await this.changeAndUndo();
    await this.signIn(PASSWORDS.undo);
    await this.proveMobile();
    await this.deletion();
  }

  private async reset(): Promise<void> {
    await this.app.post('/v1/auth/password/forgot', { identifier: this.email });
    const { token, secretCode } = await this.mail('reset');
    const reset = (body: object): Promise<Answer> => this.app.post('/v1/auth/password/reset', { newPassword: PASSWORDS.reset, ...body });
    await this.app.post('/v1/auth/password/reset/check', { token });
    await this.app.post('/v1/auth/password/reset/check', { identifier: this.email, code: secretCode });
    await reset({ identifier: this.email, code: wrongCode(secretCode) });
    await reset({ token, newPassword: 'short' });
    await this.app.get(`/account/reset-password?token=${token}`);
    await this.form('/account/reset-password', { token, newPassword: 'short' });
    await breaking(this.app, () => reset({ token }));
    await this.demand(204, await reset({ token }));
    await reset({ token });
  }

  private async changeAndUndo(): Promise<void> {
    const [former, email] = [this.email, freshEmail('canary-moved')];
    const request = (currentPassword: string): Promise<Answer> => this.post(`${ME}/email`, { email, currentPassword });
    await request(PASSWORDS.wrong);
    await breaking(this.app, () => request(PASSWORDS.reset));
    await this.demand(202, await request(PASSWORDS.reset));
    this.email = email;
    const { token, secretCode } = await this.mail('new address', false);
    await this.post(`${ME}/email/confirm`, { code: wrongCode(secretCode) });
    await this.app.get(`/account/confirm-new-email?token=${token}`);
    await this.form('/account/confirm-new-email', { token, password: PASSWORDS.wrong });
    await breaking(this.app, () => this.form('/account/confirm-new-email', { token, password: PASSWORDS.reset }));
    await this.demand(200, await this.post(`${ME}/email/confirm`, { code: secretCode }));

    this.email = former;
    const undo = await this.mail('undo');
    await this.app.get(`/account/undo-email-change?token=${undo.token}`);
    await this.form('/account/undo-email-change', { token: undo.token, newPassword: 'short' });
    const body = { token: undo.token, newPassword: PASSWORDS.undo };
    await breaking(this.app, () => this.app.post('/v1/auth/email/undo', body));
    await this.demand(204, await this.app.post('/v1/auth/email/undo', body));
  }

  private async proveMobile(): Promise<void> {
    const set = (currentPassword: string): Promise<Answer> =>
      this.app.call('PUT', `${ME}/mobile`, { token: this.accessToken, body: { mobile: MOBILE, currentPassword } });
    await set(PASSWORDS.wrong);
    await this.demand(200, await set(PASSWORDS.undo));
    await this.demand(202, await this.post(`${ME}/mobile/verification`));
    const sms = await this.app.mailbox.newest(MOBILE);
    this.hunt.addMail('text message', sms);
    const confirm = (code: string): Promise<Answer> => this.post(`${ME}/mobile/verification/confirm`, { code });
    await confirm(wrongCode(sms.secretCode));
    await breaking(this.app, () => confirm(sms.secretCode));
    await this.demand(200, await confirm(sms.secretCode));
  }

  private async deletion(): Promise<void> {
    await this.demand(202, await this.post(`${ME}/deletion`));
    const first = await this.mail('deletion');
    await this.app.call('DELETE', ME, { token: this.accessToken, body: { password: PASSWORDS.wrong } });
    await this.app.get(`/account/delete-account?token=${first.token}`);
    await this.form('/account/delete-account', { token: `${first.token.slice(0, -2)}AA` });
    await breaking(this.app, () => this.form('/account/delete-account', { token: first.token }));
    // The second link is not redeemed: the test searches the tables for secrets, and deleting the account would empty them.
    await this.demand(202, await this.post(`${ME}/deletion`));
    await this.mail('newer deletion');
    await this.form('/account/delete-account', { token: first.token });
  }

  private async signIn(password: string): Promise<void> {
    const { body } = await this.app.post('/v1/auth/login', { identifier: this.email, password });
    this.hunt.addSession(`after ${password.split('-')[0]}`, body);
    this.accessToken = body.accessToken;
  }

  /** The newest mail to the account's address that contains a secret. */
  private async mail(name: string, skip = true): Promise<ReceivedMail> {
    let found = await this.app.mailbox.newest(this.email, skip ? this.last : undefined);
    while (found.token === '' || found.links.some((link) => link.includes('/account/disavow')))
      found = await this.app.mailbox.newest(this.email, found);
    this.hunt.addMail(name, found);
    if (skip) this.last = found;
    return found;
  }

  private post(path: string, body?: object): Promise<Answer> {
    return this.app.post(path, body, { token: this.accessToken });
  }

  private form(path: string, fields: Record<string, string>): Promise<Answer> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.app.post(path, new URLSearchParams(fields).toString(), { headers });
  }

  private async demand(status: number, answer: Answer): Promise<void> {
    if (answer.status !== status) throw new Error(`Expected ${status}, got ${answer.status} ${answer.text}`);
  }
}
