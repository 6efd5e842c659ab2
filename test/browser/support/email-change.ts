import { PASSWORD, freshEmail, signedIn } from '../../support/accounts.js';
import type { ReceivedMail } from '../../support/mailbox.js';
import type { TestApp } from '../../support/start-app.js';

export interface ChangeUnderWay {
  email: string;
  newEmail: string;
  /** What the new address got. */
  mail: ReceivedMail;
  accessToken: string;
}

/** Steps of changing an e-mail address. */
export class EmailChange {
  constructor(private readonly app: () => TestApp) {}

  /** Somebody with a proven address who has asked for another one. */
  readonly asked = async (fields: { email?: string; newEmail?: string; returnTo?: string } = {}): Promise<ChangeUnderWay> => {
    const { newEmail = freshEmail('new'), returnTo, ...account } = fields;
    const { email, accessToken } = await signedIn(this.app(), account);
    const { secretCode } = await this.app().mailbox.newest(email);
    await this.app().post('/v1/auth/email/verification/confirm', { email, code: secretCode, password: PASSWORD });
    const asked = await this.app().post(
      '/v1/users/me/email',
      { email: newEmail, currentPassword: PASSWORD, returnTo },
      { token: accessToken },
    );
    if (asked.status !== 202) throw new Error(`change of address: ${asked.status} ${asked.text}`);
    return { email, newEmail, mail: await this.app().mailbox.newest(newEmail), accessToken };
  };

  /** Somebody whose account has its new address. The notice is what the former one got. */
  readonly changed = async (fields: { email?: string } = {}): Promise<{ email: string; newEmail: string; notice: ReceivedMail }> => {
    const { email, newEmail, mail, accessToken } = await this.asked(fields);
    const before = await this.app().mailbox.newest(email);
    await this.app().post('/v1/users/me/email/confirm', { code: mail.secretCode }, { token: accessToken });
    return { email, newEmail, notice: await this.app().mailbox.newest(email, before) };
  };
}
