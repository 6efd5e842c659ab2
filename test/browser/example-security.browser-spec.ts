import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, register } from '../support/accounts.js';
import { totpCode, wrongTotp } from '../support/factors.js';
import { NEW_PASSWORD } from '../support/password-reset.js';
import { Chromium } from './support/chromium.js';
import { type ExampleApp, serveExampleApp } from './support/example-app.js';
import { equip, expectFaultless, expectFocus, expectPage } from './support/inspection.js';
import { type Site, startSite } from './support/site.js';

describe('the example app with second factors in a browser', () => {
  let site: Site;
  let chromium: Chromium;
  let example: ExampleApp;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startSite({ WEBAUTHN_RP_ID: 'localhost' }), Chromium.launch()]);
    example = await serveExampleApp(site.url.replace('127.0.0.1', 'localhost'));
  });
  afterAll(async () => {
    await chromium?.quit();
    await example?.stop();
    await site?.stop();
  });

  let context: BrowserContext;
  let page: Page;
  beforeEach(async () => {
    context = await equip(await chromium.visit());
    page = await context.newPage();
  });
  afterEach(async () => {
    expect(await chromium.leave()).toEqual([]);
  });

  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const fill = (label: string, value: string): Promise<void> => page.getByLabel(label, { exact: true }).fill(value);
  const status = (text: string): Promise<void> => page.getByRole('status').filter({ hasText: text }).waitFor();
  const open = (view: string): Promise<unknown> => page.goto(`${example.url}/#/${view}`);

  const enter = async (identifier: string): Promise<void> => {
    await fill('E-mail address or username', identifier);
    await fill('Password', PASSWORD);
    await press('Sign in');
  };
  const signOut = async (): Promise<void> => {
    await press('Sign out');
    await expectPage(page, 'Sign in');
  };
  /** After signing out the app is at its beginning. */
  const toSecurity = async (): Promise<void> => {
    await expectPage(page, 'Your profile');
    await page.getByRole('navigation').getByRole('link', { name: 'Security' }).click();
    await expectPage(page, 'Security');
  };
  /** Lets the code of this half minute work once more. */
  const forgetSteps = () => site.app.rows('UPDATE authenticators SET last_step = NULL');

  /** Somebody who has set up an authenticator app here, and is signed in. */
  const withTotp = async (): Promise<{ email: string; secret: string; codes: string[] }> => {
    const { email } = await register(site.app);
    await open('security');
    await enter(email);
    await expectPage(page, 'Security');
    await press('Set up an authenticator app');
    const secret = String(await page.locator('code.key').textContent());
    await page.getByRole('img', { name: 'QR code for an authenticator app' }).waitFor();
    await expectFaultless(page, 'example totp');
    await fill('Code', wrongTotp(secret));
    await press('Confirm');
    await page.getByRole('alert').getByRole('button', { name: 'That is not right, or was used before.' }).press('Enter');
    await expectFocus(page, '#code');
    await fill('Code', totpCode(secret));
    await press('Confirm');
    await expectPage(page, 'Your recovery codes');
    await expectFaultless(page, 'example recovery-codes');
    const codes = await page.locator('ol code').allTextContents();
    expect(codes).toHaveLength(10);
    await press('I have kept them');
    await expectPage(page, 'Security');
    await forgetSteps();
    return { email, secret, codes };
  };

  it('sets up an authenticator app, and asks for its code from then on', async () => {
    const { email, secret } = await withTotp();
    await page.getByText('10 are left.').waitFor();
    await expectFaultless(page, 'example security');
    await signOut();
    await enter(email);
    await expectPage(page, 'One more step');
    await expectFocus(page, 'h1');
    await expectFaultless(page, 'example second-factor');
    // A reload loses nothing.
    await page.reload();
    await expectPage(page, 'One more step');
    await fill('Code', totpCode(secret));
    await page.getByLabel('Trust this device: ask only for the password next time').check();
    await press('Continue');
    await toSecurity();
    await page.getByRole('heading', { name: 'Trusted devices' }).waitFor();
    await signOut();
    await enter(email);
    await toSecurity();
    await page.getByRole('button', { name: /^Forget / }).click();
    await status('is forgotten.');
    await signOut();
    await enter(email);
    await expectPage(page, 'One more step');
    await press('Sign in as somebody else');
    await expectPage(page, 'Sign in');
  });

  it('takes a recovery code when the phone is lost', async () => {
    const { email, codes } = await withTotp();
    await signOut();
    await enter(email);
    await expectPage(page, 'One more step');
    await press('Use a recovery code');
    await expectFaultless(page, 'example recovery-code');
    await fill('Recovery code', String(codes[0]));
    await press('Continue');
    await toSecurity();
    await page.getByText('9 are left.').waitFor();
  });

  it('has a forgotten password replaced with the second factor', async () => {
    const { email, secret } = await withTotp();
    await signOut();
    await page.getByRole('link', { name: 'Forgotten your password?' }).click();
    await fill('E-mail address or username', email);
    await site.app.rows('UPDATE users SET email_verified_at = now() WHERE email = $1', [email]);
    await press('Send the code');
    await expectPage(page, 'Choose a new password');
    await fill('Code', String((await site.app.mailbox.about('Choose a new password', email)).code));
    await fill('New password', NEW_PASSWORD);
    await press('Set new password');
    await page.getByRole('alert').getByRole('button', { name: 'This account is protected by a second factor' }).press('Enter');
    await expectFocus(page, '#factor');
    await expectFaultless(page, 'example reset with a factor');
    await fill('Second factor', totpCode(secret));
    await press('Set new password');
    await expectPage(page, 'Sign in');
    await status('Your new password is set.');
  });

  it('asks for a proof before authenticators change, and goes on after it', async () => {
    const { secret } = await withTotp();
    await press('New recovery codes');
    const dialog = page.getByRole('dialog', { name: 'Confirm that it is you' });
    await dialog.waitFor();
    await expectFaultless(page, 'example step-up');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await status('This needs a proof that it is you.');
    await press('New recovery codes');
    await dialog.getByLabel('Code').fill(wrongTotp(secret));
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await dialog.getByRole('alert').filter({ hasText: 'That is not right' }).waitFor();
    await dialog.getByLabel('Code').fill(totpCode(secret));
    await dialog.getByRole('button', { name: 'Continue' }).click();
    await expectPage(page, 'Your recovery codes');
    await press('I have kept them');
    await status('The former recovery codes are void.');
    // No second dialog: the session is strong by now.
    await press('Rename Authenticator app');
    await fill('Name', 'Phone');
    await press('Save');
    await status('It is called Phone now.');
    await press('Remove Phone');
    await status('Phone is removed.');
    await page.reload();
    await expectPage(page, 'Security');
  });

  /** A device with passkeys; `present` says whether somebody touches it when it asks. */
  const withAuthenticator = async () => {
    const session = await context.newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return {
      present: (enabled: boolean) => session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
      count: async () => (await session.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    };
  };

  it('signs in with a passkey, by the autofill and by the button', async () => {
    const device = await withAuthenticator();
    const { email } = await register(site.app);
    await open('security');
    await enter(email);
    await expectPage(page, 'Security');
    await press('Add a passkey');
    await expectPage(page, 'Your recovery codes');
    await press('I have kept them');
    await status('Your passkey is ready.');
    expect(await device.count()).toBe(1);
    await expectFaultless(page, 'example passkey');

    await device.present(false);
    await signOut();
    await expectFaultless(page, 'example sign-in with passkeys');
    // What the device was asked before that, by the autofill, it leaves unanswered.
    await device.present(true);
    await press('Sign in with a passkey');
    await expectPage(page, 'Your profile');

    // The sign-in page offers the passkey by itself, and nobody types or presses anything.
    const chosen = page.waitForResponse((response) => response.url().endsWith('/attempts'));
    await press('Sign out');
    expect((await chosen).status()).toBe(200);
    await expectPage(page, 'Your profile');

    // It is two factors in one: no dialog comes before what wants a strong session.
    await page.getByRole('navigation').getByRole('link', { name: 'Security' }).click();
    await page.getByRole('button', { name: /^Remove / }).click();
    await status('is removed.');
    await page.getByText('No password is needed').waitFor();
    expect(await page.getByRole('button', { name: /^Remove / }).count()).toBe(0);
  });

  it('has a second factor set up on the way in where everybody needs one', async () => {
    const strict = await startSite({ MFA: 'required' });
    const app = await serveExampleApp(strict.url.replace('127.0.0.1', 'localhost'));
    try {
      const { email } = await register(strict.app);
      await page.goto(app.url);
      await enter(email);
      await expectPage(page, 'Protect your account');
      await expectFaultless(page, 'example enrollment');
      await press('Use an authenticator app');
      const secret = String(await page.locator('code.key').textContent());
      await fill('Code', totpCode(secret));
      await press('Confirm');
      await expectPage(page, 'Your recovery codes');
      await press('I have kept them');
      await expectPage(page, 'Your profile');
    } finally {
      await chromium.closeWindows();
      await app.stop();
      await strict.stop();
    }
  });
});
