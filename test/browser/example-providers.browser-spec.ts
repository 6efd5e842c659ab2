import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signedInAs } from '../support/accounts.js';
import { CLIENT_ID, CLIENT_SECRET, FalseProvider } from '../support/false-provider.js';
import { Chromium } from './support/chromium.js';
import { type ExampleApp, serveExampleApp } from './support/example-app.js';
import { equip, expectFaultless, expectFocus, expectPage } from './support/inspection.js';
import { type Site, freePort, startSite } from './support/site.js';

describe('the example app with accounts elsewhere in a browser', () => {
  let site: Site;
  let fake: FalseProvider;
  let chromium: Chromium;
  let example: ExampleApp;
  beforeAll(async () => {
    const port = await freePort();
    const environment = {
      RETURN_URLS: `http://localhost:${port}/`,
      CORS_ORIGINS: `http://localhost:${port}`,
      OUTBOUND_ALLOW_PRIVATE: 'true',
      WEBAUTHN_RP_ID: 'localhost',
    };
    [site, chromium] = await Promise.all([startSite(environment, 'localhost'), Chromium.launch()]);
    fake = await FalseProvider.start(['fake', 'closed'].map((slug) => `${site.url}/v1/sign-ins/callback/${slug}`));
    const admin = await signedInAs(site.app, 'admin');
    const provider = { issuer: fake.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
    for (const more of [
      { slug: 'fake', name: 'Fake', signUps: true },
      { slug: 'closed', name: 'Closed' },
    ]) {
      const made = await site.app.post('/v1/providers', { ...provider, ...more }, { token: admin.accessToken });
      if (made.status !== 201) throw new Error(made.text);
    }
    example = await serveExampleApp(site.url, port);
  });
  afterAll(async () => {
    await chromium?.quit();
    await example?.stop();
    fake?.stop();
    await site?.stop();
  });

  let context: BrowserContext;
  let page: Page;
  beforeEach(async () => {
    fake.reset();
    context = await equip(await chromium.visit());
    page = await context.newPage();
  });
  afterEach(async () => {
    expect(await chromium.leave()).toEqual([]);
  });

  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const fill = (label: string, value: string): Promise<void> => page.getByLabel(label, { exact: true }).fill(value);
  const status = (text: string): Promise<void> => page.getByRole('status').filter({ hasText: text }).waitFor();
  const open = (view = 'sign-in'): Promise<unknown> => page.goto(`${example.url}/#/${view}`);
  const toSecurity = async (): Promise<void> => {
    await page.getByRole('navigation').getByRole('link', { name: 'Security' }).click();
    await expectPage(page, 'Security');
  };
  /** Somebody new at the provider. */
  const somebody = (email = freshEmail('elsewhere')): { sub: string; email: string } => {
    fake.person = { sub: `sub-${Math.random()}`, email, email_verified: true, given_name: 'Ada', family_name: 'Lovelace' };
    return fake.person as unknown as { sub: string; email: string };
  };
  /** Somebody with a proven address and a password here. */
  const member = async (): Promise<{ id: string; email: string }> => {
    const user = await register(site.app);
    await site.app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    return user;
  };
  const identitiesOf = (email: string) =>
    site.app.rows<{ subject: string }>('SELECT i.subject FROM identities i JOIN users u ON u.id = i.user_id WHERE u.email = $1', [email]);
  const enter = async (email: string): Promise<void> => {
    await fill('E-mail address or username', email);
    await fill('Password', PASSWORD);
    await press('Sign in');
    await expectPage(page, 'Your profile');
  };

  it('shows a button for each provider, without a fault on any screen', async () => {
    await open();
    await page.getByRole('button', { name: 'Continue with Closed', exact: true }).waitFor();
    await expectFaultless(page, 'example providers');
    await open('sign-up');
    await expectPage(page, 'Create your account');
    await page.getByRole('button', { name: 'Continue with Fake', exact: true }).waitFor();
    await expectFaultless(page, 'example sign-up with providers');
  });

  it('signs up, out, and in again', async () => {
    const { sub, email } = somebody();
    await open('sign-up');
    await press('Continue with Fake');
    await expectPage(page, 'Your profile');
    expect(new URL(page.url()).search).toBe('');
    expect(await page.getByLabel('First name').inputValue()).toBe('Ada');
    await press('Sign out');
    await expectPage(page, 'Sign in');
    await press('Continue with Fake');
    await expectPage(page, 'Your profile');
    expect(await identitiesOf(email)).toEqual([{ subject: sub }]);
  });

  it('says why somebody is back who was not signed in, and goes on by another button', async () => {
    somebody();
    await open();
    fake.denies = true;
    await press('Continue with Fake');
    await expectPage(page, 'Sign in');
    await status('You went back, so nobody was signed in.');
    await expectFaultless(page, 'example after a cancelled consent');
    fake.denies = false;
    await press('Continue with Closed');
    await status('Nobody here has this account yet.');
    fake.person = { sub: 'without-address' };
    await press('Continue with Fake');
    await status('This provider does not say that your address is proven.');
    const user = await member();
    await enter(user.email);
  });

  describe('when somebody has the address', () => {
    /** Somebody comes back with the address of an account. */
    const met = async (): Promise<string> => {
      const { email } = await member();
      somebody(email);
      await open();
      await press('Continue with Fake');
      await expectPage(page, 'You have an account already');
      expect(await identitiesOf(email)).toEqual([]);
      return email;
    };

    it('links after the password of that account, also after a reload', async () => {
      const email = await met();
      await page.reload();
      await expectPage(page, 'You have an account already');
      await press('Use your password');
      await expectFaultless(page, 'example needs-link');
      await fill('Password', 'wrong password 123');
      await press('Continue');
      await page.getByRole('alert').getByRole('button', { name: 'That does not match.' }).press('Enter');
      await expectFocus(page, '#password');
      await fill('Password', PASSWORD);
      await press('Continue');
      await expectPage(page, 'Your profile');
      expect(await identitiesOf(email)).toHaveLength(1);
    });

    it('links after a code from a mail', async () => {
      const email = await met();
      // A button that asks for it, and the one that sends it.
      await press('E-mail me a code');
      await press('E-mail me a code');
      await fill('Code', String((await site.app.mailbox.about('Your code to sign', email)).code));
      await press('Continue');
      await expectPage(page, 'Your profile');
      expect(await identitiesOf(email)).toHaveLength(1);
    });

    it('links after a passkey', async () => {
      const cdp = await context.newCDPSession(page);
      await cdp.send('WebAuthn.enable');
      const options = {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
      } as const;
      await cdp.send('WebAuthn.addVirtualAuthenticator', { options: { ...options, automaticPresenceSimulation: true } });
      const { email } = await member();
      await open();
      await enter(email);
      await toSecurity();
      await press('Add a passkey');
      await press('I have kept them');
      await page.getByRole('button', { name: /^Remove / }).waitFor();
      await press('Sign out');
      await expectPage(page, 'Sign in');
      somebody(email);
      await press('Continue with Fake');
      await expectPage(page, 'You have an account already');
      await press('Use a passkey');
      await expectPage(page, 'Your profile');
      expect(await identitiesOf(email)).toHaveLength(1);
    });

    it('is somebody else’s account: one signs in as somebody else', async () => {
      const email = await met();
      await press('Sign in as somebody else');
      await expectPage(page, 'Sign in');
      expect(await identitiesOf(email)).toEqual([]);
    });
  });

  it('links and unlinks in the settings, and says when the provider was left without a link', async () => {
    const { email } = await member();
    await open();
    await enter(email);
    await toSecurity();
    const { sub } = somebody('another@example.org');
    fake.denies = true;
    await press('Link Fake');
    await expectPage(page, 'Security');
    await page.getByText('You went back, so nobody was signed in.').waitFor();
    fake.denies = false;
    await press('Link Fake');
    await status('The account is linked.');
    await page.getByText('another@example.org').waitFor();
    expect(await page.getByRole('button', { name: 'Link Fake' }).count()).toBe(0);
    await expectFaultless(page, 'example security with identities');
    expect(await identitiesOf(email)).toEqual([{ subject: sub }]);
    await press('Unlink Fake');
    await status('Fake is unlinked.');
    await page.getByRole('button', { name: 'Link Fake' }).waitFor();
    expect(await identitiesOf(email)).toEqual([]);
  });

  it('does not link what signs in to another account', async () => {
    const first = somebody();
    await open();
    await press('Continue with Fake');
    await expectPage(page, 'Your profile');
    await press('Sign out');
    await expectPage(page, 'Sign in');
    const { email } = await member();
    await enter(email);
    await toSecurity();
    fake.person = { ...fake.person, sub: first.sub };
    await press('Link Fake');
    await page.getByText('This account signs in to another account here.').waitFor();
    expect(await identitiesOf(email)).toEqual([]);
  });

  it('keeps the last way in, and asks for a newer proof by the provider, in a window of its own', async () => {
    const { email } = somebody();
    await open();
    await press('Continue with Fake');
    await expectPage(page, 'Your profile');
    await toSecurity();
    await press('Unlink Fake');
    await page.getByText('Without it you could not sign in any more.').waitFor();
    // Later, a proof of before is too old: the provider is asked again.
    await site.app.rows(
      `UPDATE sessions SET auth_time = now() - interval '1 hour' WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
      [email],
    );
    await page.reload();
    await expectPage(page, 'Security');
    await press('Unlink Fake');
    const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' });
    await dialog.waitFor();
    await expectFaultless(page, 'example step-up with a provider');
    const opened = context.waitForEvent('page');
    await dialog.getByRole('button', { name: 'Use Fake', exact: true }).click();
    const other = await opened;
    await dialog.waitFor({ state: 'detached' });
    await page.getByText('Without it you could not sign in any more.').waitFor();
    if (!other.isClosed()) await other.waitForEvent('close');
    expect(await identitiesOf(email)).toHaveLength(1);
  });
});
