import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, signedInAs } from '../support/accounts.js';
import { plantTotp } from '../support/second-factor.js';
import { ExampleWalk } from './support/example-walk.js';
import { expectFaultless, expectFocus, expectPage } from './support/inspection.js';

describe('the example app with accounts elsewhere in a browser', () => {
  let walk: ExampleWalk;
  beforeAll(async () => {
    walk = await ExampleWalk.start();
  });
  afterAll(() => walk?.stop());
  beforeEach(() => walk.begin());
  afterEach(async () => {
    expect(await walk.end()).toEqual([]);
  });

  it('shows a button for each provider, without a fault on any screen', async () => {
    await walk.open();
    await walk.page.getByRole('button', { name: 'Continue with Closed', exact: true }).waitFor();
    await expectFaultless(walk.page, 'example providers');
    await walk.open('sign-up');
    await expectPage(walk.page, 'Create your account');
    await walk.page.getByRole('button', { name: 'Continue with Fake', exact: true }).waitFor();
    await expectFaultless(walk.page, 'example sign-up with providers');
  });

  it('signs up, out, and in again, also by the keyboard', async () => {
    const { sub, email } = walk.somebody();
    await walk.open('sign-up');
    await walk.press('Continue with Fake');
    await expectPage(walk.page, 'Your profile');
    expect(new URL(walk.page.url()).search).toBe('');
    expect(await walk.page.getByLabel('First name').inputValue()).toBe('Ada');
    await walk.signOut();
    await walk.page.getByRole('button', { name: 'Continue with Fake', exact: true }).press('Enter');
    await expectPage(walk.page, 'Your profile');
    expect(await walk.subjectsOf(email)).toEqual([sub]);
  });

  it('says why somebody is back who was not signed in, and goes on by another button', async () => {
    walk.somebody();
    await walk.open();
    walk.fake.denies = true;
    await walk.visit('Continue with Fake');
    await walk.alert('You went back before you were done there.');
    await expectFaultless(walk.page, 'example after a cancelled consent');
    walk.fake.denies = false;
    await walk.visit('Continue with Closed');
    await walk.alert('Nobody here has this account yet.');
    walk.fake.person = { sub: 'without-address' };
    await walk.visit('Continue with Fake');
    await walk.alert('This provider does not say that your address is proven.');
    const { email } = await walk.member();
    await walk.enter(email);
    await expectPage(walk.page, 'Your profile');
  });

  it('says so when a provider is away, fails, or is not to be believed', async () => {
    const { email } = walk.somebody();
    await walk.open();
    await walk.press('Continue with Away');
    await walk.alert('This provider does not answer at the moment.');
    // Away by the time that the browser is back.
    walk.fake.intercept = ({ url }, response) => url === '/token' && response.destroy().destroyed;
    await walk.visit('Continue with Fake');
    await walk.alert('This provider does not answer at the moment.');
    walk.fake.intercept = ({ url }, response) => {
      const { pathname, searchParams } = new URL(String(url), walk.fake.issuer);
      if (pathname !== '/auth') return false;
      const back = new URL(String(searchParams.get('redirect_uri')));
      back.search = new URLSearchParams({ error: 'server_error', state: String(searchParams.get('state')) }).toString();
      response.writeHead(302, { location: back.href }).end();
      return true;
    };
    await walk.visit('Continue with Trusted');
    await walk.alert('What this provider said cannot be believed.');
    walk.fake.intercept = () => false;
    walk.fake.tamper = (claims) => ({ ...claims, nonce: 'of another sign-in' });
    await walk.visit('Continue with Fake');
    await walk.alert('What this provider said cannot be believed.');
    expect(await walk.subjectsOf(email)).toEqual([]);
  });

  it('makes no account where registration is closed, and where somebody is not invited', async () => {
    const { email } = walk.somebody();
    const { accessToken: token } = await signedInAs(walk.app, 'admin');
    await walk.app.post('/v1/invitations', { email }, { token });
    walk.choose({ REGISTRATION: 'closed' });
    await walk.open('sign-up');
    await walk.page.getByText('Nobody can sign up here at the moment.').waitFor();
    expect(await walk.page.getByRole('button').count()).toBe(0);
    await walk.open();
    await walk.visit('Continue with Trusted');
    await walk.alert('Nobody can sign up here at the moment.');
    walk.choose({ REGISTRATION: 'invited' });
    await walk.page.getByRole('link', { name: 'Create an account' }).click();
    await walk.page.getByText('Only invited people can sign up here.').waitFor();
    await walk.page.getByRole('link', { name: 'Sign in', exact: true }).click();
    const uninvited = walk.somebody();
    await walk.visit('Continue with Trusted');
    await walk.alert('Only invited people can sign up here.');
    walk.somebody(email);
    // Whose word for an address counts for nothing.
    await walk.visit('Continue with Fake');
    await walk.alert('Only invited people can sign up here.');
    await walk.visit('Continue with Trusted');
    await expectPage(walk.page, 'Your profile');
    expect(await walk.app.rows('SELECT FROM users WHERE email = $1', [uninvited.email])).toEqual([]);
  });

  it('asks for the second factor of the account after the provider', async () => {
    const { email } = walk.somebody();
    await walk.open();
    await walk.press('Continue with Fake');
    await expectPage(walk.page, 'Your profile');
    const [{ id } = { id: '' }] = await walk.app.rows<{ id: string }>('SELECT id FROM users WHERE email = $1', [email]);
    const totp = await plantTotp(walk.app, id);
    await walk.signOut();
    await walk.press('Continue with Fake');
    await expectPage(walk.page, 'One more step');
    await walk.fill('Code', totp.wrongCode());
    await walk.press('Continue');
    await walk.page.getByRole('alert').getByRole('button', { name: 'That is not right' }).press('Enter');
    await expectFocus(walk.page, '#totp');
    await walk.fill('Code', totp.code());
    await walk.press('Continue');
    await expectPage(walk.page, 'Your profile');
  });

  describe('when somebody has the address', () => {
    /** Somebody comes back with the address of an account. */
    const met = async (): Promise<{ id: string; email: string }> => {
      const user = await walk.member();
      walk.somebody(user.email);
      await walk.open();
      await walk.press('Continue with Fake');
      await expectPage(walk.page, 'You have an account already');
      expect(await walk.subjectsOf(user.email)).toEqual([]);
      return user;
    };

    it('links after the password of that account, also after a reload', async () => {
      const { email } = await met();
      await walk.page.reload();
      await expectPage(walk.page, 'You have an account already');
      await walk.press('Use your password');
      await expectFaultless(walk.page, 'example needs-link');
      await walk.fill('Password', 'wrong password 123');
      await walk.press('Continue');
      await walk.page.getByRole('alert').getByRole('button', { name: 'That does not match.' }).press('Enter');
      await expectFocus(walk.page, '#password');
      await walk.fill('Password', PASSWORD);
      await walk.press('Continue');
      await expectPage(walk.page, 'Your profile');
      expect(await walk.subjectsOf(email)).toHaveLength(1);
    });

    it('links after a code from a mail, and after the second factor if the account has one', async () => {
      const { id, email } = await met();
      const totp = await plantTotp(walk.app, id);
      // A button that asks for it, and the one that sends it.
      await walk.press('E-mail me a code');
      await walk.press('E-mail me a code');
      await walk.fill('Code', String((await walk.app.mailbox.about('Your code to sign', email)).code));
      await walk.press('Continue');
      await expectPage(walk.page, 'One more step');
      expect(await walk.subjectsOf(email)).toEqual([]);
      await walk.fill('Code', totp.code());
      await walk.press('Continue');
      await expectPage(walk.page, 'Your profile');
      expect(await walk.subjectsOf(email)).toHaveLength(1);
    });

    it('links after a passkey', async () => {
      const device = await walk.withPasskeys();
      const { email } = await walk.member();
      await walk.open();
      await walk.enter(email);
      await expectPage(walk.page, 'Your profile');
      await walk.toSecurity();
      await walk.press('Add a passkey');
      await walk.press('I have kept them');
      await walk.page.getByRole('button', { name: /^Remove / }).waitFor();
      // Nobody chooses it in the autofill of the sign-in page.
      await device.present(false);
      await walk.signOut();
      walk.somebody(email);
      await walk.press('Continue with Fake');
      await expectPage(walk.page, 'You have an account already');
      await device.present(true);
      await walk.press('Use a passkey');
      await expectPage(walk.page, 'Your profile');
      expect(await walk.subjectsOf(email)).toHaveLength(1);
    });

    it('is somebody else’s account: one signs in as somebody else', async () => {
      const { email } = await met();
      await walk.press('Sign in as somebody else');
      await expectPage(walk.page, 'Sign in');
      expect(await walk.subjectsOf(email)).toEqual([]);
    });
  });

  it('links and unlinks in the settings, and says when the provider was left without a link', async () => {
    const { email } = await walk.member();
    await walk.open();
    await walk.enter(email);
    await expectPage(walk.page, 'Your profile');
    await walk.toSecurity();
    const { sub } = walk.somebody(freshEmail('another'));
    walk.fake.denies = true;
    await walk.visit('Link Fake');
    await expectPage(walk.page, 'Security');
    await walk.page.getByText('You went back before you were done there.').waitFor();
    walk.fake.denies = false;
    await walk.press('Link Fake');
    await walk.status('The account is linked.');
    await walk.page.getByText(String(walk.fake.person['email'])).waitFor();
    expect(await walk.page.getByRole('button', { name: 'Link Fake', exact: true }).count()).toBe(0);
    await expectFaultless(walk.page, 'example security with identities');
    expect(await walk.subjectsOf(email)).toEqual([sub]);
    await walk.press('Unlink Fake');
    await walk.status('Fake is unlinked.');
    await walk.page.getByRole('button', { name: 'Link Fake', exact: true }).waitFor();
    expect(await walk.subjectsOf(email)).toEqual([]);
  });

  it('does not link what signs in to another account', async () => {
    const first = walk.somebody();
    await walk.open();
    await walk.press('Continue with Fake');
    await expectPage(walk.page, 'Your profile');
    await walk.signOut();
    const { email } = await walk.member();
    await walk.enter(email);
    await expectPage(walk.page, 'Your profile');
    await walk.toSecurity();
    walk.fake.person = { ...walk.fake.person, sub: first.sub };
    await walk.press('Link Fake');
    await walk.page.getByText('This account signs in to another account here.').waitFor();
    expect(await walk.subjectsOf(email)).toEqual([]);
  });

  it('keeps the last way in, and asks for a newer proof by the provider, in a window of its own', async () => {
    const { email } = walk.somebody();
    await walk.open();
    await walk.press('Continue with Fake');
    await expectPage(walk.page, 'Your profile');
    await walk.toSecurity();
    await walk.press('Unlink Fake');
    await walk.page.getByText('Without it you could not sign in any more.').waitFor();
    // Later, a proof of before is too old: the provider is asked again.
    await walk.age(email);
    await expectPage(walk.page, 'Security');
    await walk.press('Unlink Fake');
    const dialog = walk.page.getByRole('dialog', { name: 'Confirm that it is you' });
    await dialog.waitFor();
    await expectFaultless(walk.page, 'example step-up with a provider');
    // What the account does not have is not offered.
    expect(await dialog.getByRole('button').allTextContents()).toEqual(['E-mail me a code', 'Use Fake', 'Cancel']);
    const opened = walk.context.waitForEvent('page');
    await dialog.getByRole('button', { name: 'Use Fake', exact: true }).click();
    const other = await opened;
    await dialog.waitFor({ state: 'detached' });
    await walk.page.getByText('Without it you could not sign in any more.').waitFor();
    if (!other.isClosed()) await other.waitForEvent('close');
    expect(await walk.subjectsOf(email)).toHaveLength(1);
  });
});
