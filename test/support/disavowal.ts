import type { MailKind } from '../../src/common/declared.js';
import type { TestUser } from './accounts.js';
import type { ReceivedMail } from './mailbox.js';
import { VirtualAuthenticator } from './passkeys.js';
import { attempt } from './sign-ins.js';
import type { Answer, TestApp } from './start-app.js';
import { LANGUAGES } from './written-mails.js';

export const PAGE = '/account/disavow';
const PASSKEYS = '/v1/users/me/authenticators/passkeys';

/** The subject of a mail of this kind. */
export function subjectOf(kind: MailKind): string {
  return LANGUAGES.text('en', `mail.${kind}.subject`, { appName: 'Latchkey' });
}

/** Steps of saying "This wasn't me". */
export class DisavowalFlow {
  constructor(private readonly app: () => TestApp) {}

  readonly disavow = (token: string): Promise<Answer> => this.app().post('/v1/auth/disavow', { token });

  readonly submit = (token: string): Promise<Answer> =>
    this.app().post(PAGE, new URLSearchParams({ token }).toString(), { headers: { 'content-type': 'application/x-www-form-urlencoded' } });

  /** The newest mail of this kind to the account's address. */
  readonly noticeOf = (kind: MailKind, { email }: Pick<TestUser, 'email'>, after?: ReceivedMail): Promise<ReceivedMail> =>
    this.app().mailbox.newest(email, after, subjectOf(kind));

  readonly isSignedIn = async ({ accessToken: token }: Pick<TestUser, 'accessToken'>): Promise<boolean> =>
    (await this.app().get('/v1/users/me', { token })).status === 200;

  readonly addPasskey = async ({ accessToken: token }: Pick<TestUser, 'accessToken'>): Promise<VirtualAuthenticator> => {
    const device = new VirtualAuthenticator();
    const options = (await this.app().post(`${PASSKEYS}/options`, {}, { token })).body;
    const { status, text } = await this.app().post(PASSKEYS, { credential: device.create(options) }, { token });
    if (status !== 201) throw new Error(text);
    return device;
  };

  /** @returns the status of a sign-in by the passkey alone */
  readonly signInWith = async (device: VirtualAuthenticator): Promise<number> => {
    const begun = (await this.app().post('/v1/sign-ins/passkey', {})).body;
    const credential = device.get(begun.challenge.publicKey);
    return (await attempt(this.app(), begun, { challengeId: begun.challenge.id, credential })).status;
  };
}
