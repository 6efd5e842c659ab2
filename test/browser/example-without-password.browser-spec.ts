import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail } from '../support/accounts.js';
import { totpCode } from '../support/factors.js';
import { NEW_PASSWORD, wrongCode } from '../support/password-reset.js';
import { plantTotp } from '../support/second-factor.js';
import { ExampleWalk } from './support/example-walk.js';
import { expectFaultless, expectFocus, expectPage } from './support/inspection.js';
import { followMail } from './support/mails.js';

describe('the example app without a password in a browser', () => {
  let walk: ExampleWalk;
  beforeAll(async () => {
    walk = await ExampleWalk.start();
  });
  afterAll(() => walk?.stop());
  beforeEach(() => walk.begin());
  afterEach(async () => {
    expect(await walk.end()).toEqual([]);
  });

  /** The code of the newest mail of its kind; those to sign in and those to sign up differ in their subject. */
  const codeFor = async (email: string, of: 'in' | 'up' = 'in', after?: { code: string }): Promise<string> => {
    const subject = `Your code to sign ${of}`;
    await expect.poll(() => walk.app.mailbox.latest(subject, email)?.code ?? after?.code).not.toBe(after?.code);
    return String(walk.app.mailbox.latest(subject, email)?.code);
  };
  /** Signs an account up by the code alone. */
  const signUp = async (email = freshEmail('keyless')): Promise<string> => {
    await walk.open('sign-up');
    await walk.fill('E-mail address', email);
    await walk.press('Sign up without a password');
    await expectPage(walk.page, 'Check your mail');
    await walk.fill('Code', await codeFor(email, 'up'));
    await walk.press('Continue');
    await expectPage(walk.page, 'Your profile');
    return email;
  };
  /** Has a code mailed on the sign-in page. */
  const askFor = async (email: string): Promise<void> => {
    await walk.fill('E-mail address or username', email);
    await walk.press('E-mail me a code');
    await expectPage(walk.page, 'Check your mail');
  };
  /** Signs in by a code, up to what comes after it. */
  const signIn = async (email: string, after?: string): Promise<string> => {
    await walk.open();
    await askFor(email);
    const code = await codeFor(email, 'in', after === undefined ? undefined : { code: after });
    await walk.fill('Code', code);
    await walk.press('Continue');
    return code;
  };
  const hasPassword = async (email: string): Promise<boolean | undefined> =>
    (await walk.app.rows<{ has: boolean }>('SELECT password_hash IS NOT NULL AS has FROM users WHERE email = $1', [email]))[0]?.has;

  it('makes an account, uses it, recovers it and deletes it, which never had a password', async () => {
    await walk.open('sign-up');
    await walk.press('Sign up without a password');
    await walk.alert('Enter your address first.');
    await expectFocus(walk.page, '#email');
    const email = freshEmail('keyless');
    await walk.fill('E-mail address', email);
    await walk.press('Sign up without a password');
    await expectPage(walk.page, 'Check your mail');
    await expectFaultless(walk.page, 'example check-mail');
    await walk.fill('Code', await codeFor(email, 'up'));
    await walk.press('Continue');

    // Used: what it holds, and a second factor.
    await expectPage(walk.page, 'Your profile');
    await walk.page.getByText('Confirmed', { exact: true }).waitFor();
    await walk.fill('First name', 'Ada');
    await walk.press('Save');
    await walk.status('Saved.');
    await walk.toSecurity();
    await walk.page.getByText('This account has none, and needs none').waitFor();
    await walk.press('Set up an authenticator app');
    await walk.fill('Code', totpCode(String(await walk.page.locator('code.key').textContent())));
    await walk.press('Confirm');
    await expectPage(walk.page, 'Your recovery codes');
    const [recoveryCode = ''] = await walk.page.locator('ol code').allTextContents();
    await walk.press('I have kept them');
    await walk.signOut();

    // Recovered: the phone is gone with its browser and the app on it.
    await walk.elsewhere();
    const first = await signIn(email);
    await expectPage(walk.page, 'One more step');
    await walk.press('Use a recovery code');
    await walk.fill('Recovery code', recoveryCode);
    await walk.press('Continue');
    await expectPage(walk.page, 'Your profile');
    expect(await walk.page.getByLabel('First name').inputValue()).toBe('Ada');
    await walk.toSecurity();
    await walk.page.getByText('9 are left.').waitFor();
    await walk.press('Remove Authenticator app');
    await walk.status('Authenticator app is removed.');
    await walk.signOut();
    await signIn(email, first);
    await expectPage(walk.page, 'Your profile');

    // Deleted, later, after a proof by one more code.
    expect(await hasPassword(email)).toBe(false);
    await walk.age(email);
    await expectPage(walk.page, 'Your profile');
    await walk.press('Delete my account');
    await expectFaultless(walk.page, 'example delete-account');
    await walk.press('Delete it for good');
    const dialog = walk.page.getByRole('dialog', { name: 'Confirm that it is you' });
    await dialog.waitFor();
    await expectFaultless(walk.page, 'example step-up by a code');
    const before = walk.app.mailbox.latest('Your code to sign in', email)?.code;
    await dialog.getByRole('button', { name: 'E-mail me a code' }).click();
    await dialog.getByLabel('Code').fill(await codeFor(email, 'in', { code: String(before) }));
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await expectPage(walk.page, 'Sign in');
    await walk.status('Your account is deleted.');
    expect(await hasPassword(email)).toBeUndefined();
    await askFor(email);
    await codeFor(email, 'up');
  });

  it('says what is wrong with a code, and takes the one that was sent last', async () => {
    const email = await signUp();
    await walk.signOut();
    await askFor(email);
    const first = await codeFor(email);
    await walk.fill('Code', wrongCode(first));
    await walk.press('Continue');
    await walk.page.getByRole('alert').getByRole('button', { name: 'That is not right' }).press('Enter');
    await expectFocus(walk.page, '#code');
    await expectFaultless(walk.page, 'example check-mail refused');
    await walk.press('Send another one');
    const second = await codeFor(email, 'in', { code: first });
    await walk.fill('Code', first);
    await walk.press('Continue');
    await walk.page.getByRole('alert').getByRole('button').waitFor();
    await walk.fill('Code', second);
    await walk.press('Continue');
    await expectPage(walk.page, 'Your profile');
  });

  it('signs in by the link of the mail in the same browser, and asks for the second factor there', async () => {
    const email = await signUp();
    await walk.signOut();
    await askFor(email);
    await codeFor(email);
    const link = await followMail(walk.context, walk.server, email, 'Open the page');
    await link.getByRole('button', { name: 'Sign in here' }).click();
    await expectPage(link, 'You are signed in');
    await link.getByRole('link', { name: /^Back to localhost/ }).click();
    await expectPage(link, 'Your profile');
    // The tab that waited hears of it.
    await expectPage(walk.page, 'Your profile');

    const [{ id } = { id: '' }] = await walk.app.rows<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
    const totp = await plantTotp(walk.app, id);
    await walk.signOut();
    const before = walk.app.mailbox.latest('Your code to sign in', email);
    await askFor(email);
    await codeFor(email, 'in', { code: String(before?.code) });
    const again = await followMail(walk.context, walk.server, email, 'Open the page');
    await again.getByRole('button', { name: 'Sign in here' }).click();
    await again.getByRole('link', { name: /^(?:Back|Go on)/ }).click();
    await expectPage(again, 'One more step');
    await again.getByLabel('Code').fill(totp.code());
    await again.getByRole('button', { name: 'Continue' }).click();
    await expectPage(again, 'Your profile');
  });

  it('shows the code to another browser, which is not signed in by the link', async () => {
    const email = await signUp();
    await walk.signOut();
    await askFor(email);
    const code = await codeFor(email);
    const { page, context } = walk;
    await walk.elsewhere();
    const link = await followMail(walk.context, walk.server, email, 'Open the page');
    await link.getByText(`${code.slice(0, 4)} ${code.slice(4)}`).waitFor();
    expect(await walk.context.cookies()).toEqual([]);
    Object.assign(walk, { page, context });
    await expectPage(page, 'Check your mail');
    await walk.fill('Code', code);
    await walk.press('Continue');
    await expectPage(page, 'Your profile');
  });

  it('has a password set later, changes it, and deletes the account by it', async () => {
    const email = await signUp();
    await walk.age(email);
    await expectPage(walk.page, 'Your profile');
    await walk.toSecurity();
    await walk.press('Set a password');
    await walk.fill('New password', 'short');
    await walk.press('Save password');
    await walk.page.getByRole('alert').getByRole('button').press('Enter');
    await expectFocus(walk.page, '#newPassword');
    await walk.fill('New password', PASSWORD);
    await walk.press('Save password');
    const dialog = walk.page.getByRole('dialog', { name: 'Confirm that it is you' });
    await dialog.getByRole('button', { name: 'E-mail me a code' }).click();
    await dialog.getByLabel('Code').fill(await codeFor(email));
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await expectPage(walk.page, 'Sign in');
    await walk.status('Your password is set.');
    await walk.enter(email);
    await expectPage(walk.page, 'Your profile');
    await walk.toSecurity();
    await walk.press('Change the password');
    await expectFaultless(walk.page, 'example change-password');
    await walk.fill('Password', 'not the password at all');
    await walk.fill('New password', NEW_PASSWORD);
    await walk.press('Save password');
    await walk.page.getByRole('alert').getByRole('button', { name: 'That does not match.' }).press('Enter');
    await expectFocus(walk.page, '#currentPassword');
    await walk.fill('Password', PASSWORD);
    await walk.press('Save password');
    await expectPage(walk.page, 'Sign in');
    await walk.enter(email, NEW_PASSWORD);
    await expectPage(walk.page, 'Your profile');
    await walk.press('Delete my account');
    await expectFocus(walk.page, '#password');
    await walk.fill('Password', PASSWORD);
    await walk.press('Delete it for good');
    await walk.page.getByRole('alert').getByRole('button', { name: 'That does not match.' }).press('Enter');
    await expectFocus(walk.page, '#password');
    await expectFaultless(walk.page, 'example delete-account refused');
    await walk.fill('Password', NEW_PASSWORD);
    await walk.press('Delete it for good');
    await walk.status('Your account is deleted.');
    expect(await hasPassword(email)).toBeUndefined();
  });

  it('mails no code to sign up where registration is closed, and says nothing of it', async () => {
    const { email: other } = await walk.member();
    walk.choose({ REGISTRATION: 'closed' });
    const email = freshEmail('nobody');
    await walk.open();
    await askFor(email);
    // The queue is empty by the time that a mail which was asked for later has come.
    await walk.press('Sign in as somebody else');
    await askFor(other);
    await codeFor(other);
    expect(walk.app.mailbox.count(email)).toBe(0);
  });
});
