import type { BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PASSWORD, freshEmail, register, signIn } from '../support/accounts.js';
import type { ReceivedMail } from '../support/mailbox.js';
import { NEW_PASSWORD, wrongCode } from '../support/password-reset.js';
import { Chromium } from './support/chromium.js';
import { type ExampleApp, serveExampleApp } from './support/example-app.js';
import { equip, expectFaultless, expectFocus, expectPage } from './support/inspection.js';
import { type Site, startSite } from './support/site.js';

describe('the example app in a browser', () => {
  let site: Site;
  let chromium: Chromium;
  let example: ExampleApp;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startSite(), Chromium.launch()]);
    // Cookies of cookie mode stay within one site, and localhost is another than 127.0.0.1.
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

  const open = async (view: string, heading: string): Promise<void> => {
    await page.goto(`${example.url}/#/${view}`);
    await expectPage(page, heading);
  };
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const fill = (label: string, value: string): Promise<void> => page.getByLabel(label, { exact: true }).fill(value);
  const status = (text: string): Promise<void> => page.getByRole('status').filter({ hasText: text }).waitFor();
  const newestMail = (email: string, after?: ReceivedMail): Promise<ReceivedMail> => site.app.mailbox.newest(email, after);

  const enter = async (identifier: string, password = PASSWORD): Promise<void> => {
    await fill('E-mail address or username', identifier);
    await fill('Password', password);
    await press('Sign in');
  };

  it('goes from signing up to signing in with a new password', async () => {
    const email = freshEmail();
    await open('sign-up', 'Create your account');
    await expectFaultless(page, 'example sign-up');
    await fill('E-mail address', email);
    await fill('Password', PASSWORD);
    await press('Create account');

    await expectPage(page, 'Confirm your address');
    await expectFocus(page, 'h1');
    const mail = await newestMail(email);
    await expectFaultless(page, 'example confirm-email');
    await fill('Code', mail.secretCode);
    await press('Confirm');

    await expectPage(page, 'Sign in');
    await status('Your e-mail address is confirmed.');
    await expectFaultless(page, 'example sign-in');
    expect(await page.getByLabel('E-mail address or username').inputValue()).toBe(email);
    await enter(email);
    await expectPage(page, 'Your profile');

    await page.getByRole('navigation').getByRole('link', { name: 'Sessions' }).click();
    await expectPage(page, 'Where you are signed in');
    await press('Sign out');
    await expectPage(page, 'Sign in');
    await status('You are signed out.');
    await page.reload();
    await expectPage(page, 'Sign in');

    await page.getByRole('link', { name: 'Forgotten your password?' }).click();
    await expectPage(page, 'Forgotten your password?');
    await expectFaultless(page, 'example forgot-password');
    await fill('E-mail address or username', email);
    await press('Send the code');
    await expectPage(page, 'Choose a new password');
    await expectFaultless(page, 'example reset-password');
    await fill('Code', (await newestMail(email, mail)).secretCode);
    await fill('New password', NEW_PASSWORD);
    await press('Set new password');
    await expectPage(page, 'Sign in');
    await status('Your new password is set.');
    await enter(email, NEW_PASSWORD);
    // Where the account was when it signed out.
    await expectPage(page, 'Your profile');
  });

  it('keeps names, username and picture, and stays signed in after a reload', async () => {
    const { email } = await register(site.app);
    await open('profile', 'Sign in');
    await enter(email);
    await expectPage(page, 'Your profile');
    await fill('First name', 'Ada');
    await fill('Last name', 'Example');
    await fill('Username', `ada.${process.pid}`);
    await press('Save');
    await status('Saved.');
    await page.getByRole('heading', { level: 2, name: 'Ada Example' }).waitFor();

    const picture = await sharp({ create: { width: 600, height: 400, channels: 3, background: '#d36b33' } })
      .png()
      .toBuffer();
    await page.getByLabel('Upload a picture').setInputFiles({ name: 'ada.png', mimeType: 'image/png', buffer: picture });
    await status('That is your new picture.');
    await expectPictures(2);
    await expectFaultless(page, 'example profile');
    await page.reload();
    await expectPage(page, 'Your profile');
    await expectPictures(2);
    expect(await page.getByLabel('First name').inputValue()).toBe('Ada');

    await page.getByLabel('Change picture').setInputFiles({ name: 'ada.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await page.getByRole('alert').filter({ hasText: /\w/ }).waitFor();
    await press('Remove picture');
    await status('Your picture is gone.');
    await expectPictures(0);
  });

  /** Expects that the pictures of the account are there, and loaded. */
  const expectPictures = async (count: number): Promise<void> => {
    const pictures = page.locator('img.portrait');
    await expect
      .poll(() => pictures.evaluateAll((all: HTMLImageElement[]) => all.filter((each) => each.naturalWidth > 0).length))
      .toBe(count);
    expect(await pictures.count()).toBe(count);
  };

  it('lists sessions, ends one, then all others, and notices when its own has ended', async () => {
    const { email } = await register(site.app);
    const others = [await signIn(site.app, email), await signIn(site.app, email), await signIn(site.app, email)];
    const statuses = () =>
      Promise.all(others.map(async ({ accessToken }) => (await site.app.get('/v1/users/me', { token: accessToken })).status));
    await open('sessions', 'Sign in');
    await enter(email);
    await expectPage(page, 'Where you are signed in');
    await expect.poll(() => page.getByRole('listitem').count()).toBe(4);
    await expectFaultless(page, 'example sessions');
    expect(await page.getByRole('listitem').filter({ hasText: 'This device' }).getByRole('button').count()).toBe(0);

    await page.getByRole('listitem').getByRole('button').first().click();
    await expect.poll(() => page.getByRole('listitem').count()).toBe(3);
    expect((await statuses()).filter((each) => each === 401)).toHaveLength(1);
    await expectFocus(page, '[role=status]');
    await press('Sign out everywhere else');
    await status('You are signed in here only.');
    expect(await page.getByRole('listitem').count()).toBe(1);
    expect(await statuses()).toEqual([401, 401, 401]);

    const here = await signIn(site.app, email);
    expect((await site.app.call('DELETE', '/v1/users/me/sessions', { token: here.accessToken })).status).toBe(204);
    await page.getByRole('link', { name: 'Profile' }).click();
    await page.getByRole('link', { name: 'Sessions' }).click();
    await expectPage(page, 'Sign in');
  });

  it('makes an account theirs that somebody else signed up with their address', async () => {
    const { email } = await register(site.app, { password: 'nine quiet owls read on' });
    const theirs = await newestMail(email);
    await open('sign-up', 'Create your account');
    await fill('E-mail address', email);
    await fill('Password', PASSWORD);
    await press('Create account');
    await expectPage(page, 'Confirm your address');
    await status('Somebody signed up with this address and has not confirmed it.');
    await fill('Code', (await newestMail(email, theirs)).secretCode);
    await press('Confirm');
    await expectPage(page, 'Sign in');
    await enter(email);
    await expectPage(page, 'Your profile');
  });

  it('asks in another browser for the password beside the code, or for a new one', async () => {
    const { email } = await register(site.app);
    const { secretCode } = await newestMail(email);
    await open('confirm-email', 'Confirm your address');
    await fill('E-mail address', email);
    await fill('Code', secretCode);
    await press('Confirm');
    await page.getByRole('alert').getByRole('button', { name: 'Enter the password that you signed up with, too.' }).waitFor();
    await expectFaultless(page, 'example confirm-email password');
    await fill('Password', 'not the password at all');
    await press('Confirm');
    await page.getByRole('alert').getByText('That does not match.').waitFor();
    await press('I did not sign up myself, or have forgotten the password');
    await fill('New password', NEW_PASSWORD);
    await press('Confirm');
    await expectPage(page, 'Sign in');
    await enter(email, NEW_PASSWORD);
    await expectPage(page, 'Your profile');
  });

  it('says what is wrong, and takes the reader to it', async () => {
    const { id, email } = await register(site.app);
    await site.app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [id]);
    await open('sign-in', 'Sign in');
    await enter(email, 'not the password at all');
    await page.getByRole('alert').getByText('That does not match.').waitFor();
    await expectFocus(page, '.summary');

    await page.getByRole('link', { name: 'Create an account' }).click();
    await fill('E-mail address', email);
    await fill('Password', 'short');
    await press('Create account');
    await page.getByRole('alert').getByRole('button').press('Enter');
    await expectFocus(page, '#password');
    expect(await page.locator('#password').getAttribute('aria-invalid')).toBe('true');
    await expectFaultless(page, 'example sign-up refused');
    await fill('Password', PASSWORD);
    await press('Create account');
    await page.getByRole('alert').getByRole('button', { name: 'There is an account with this address already.' }).press('Enter');
    await expectFocus(page, '#email');
    await fill('E-mail address', freshEmail());
    await press('Create account');

    await expectPage(page, 'Confirm your address');
    const address = await page.getByRole('main').getByRole('strong').textContent();
    const { secretCode } = await newestMail(String(address));
    await fill('Code', wrongCode(secretCode));
    await press('Confirm');
    await page.getByRole('alert').getByRole('button', { name: 'This code is not right.' }).press('Enter');
    await expectFocus(page, '#code');
    await press('Send a new code');
    await status('A new code is on its way.');
  });

  it('asks for the code first where the server wants addresses confirmed', async () => {
    const strict = await startSite({ SIGN_IN_REQUIRES: 'verified' });
    const app = await serveExampleApp(strict.url.replace('127.0.0.1', 'localhost'));
    try {
      const { email } = await register(strict.app);
      const welcome = await strict.app.mailbox.newest(email);
      await page.goto(app.url);
      await enter(email);
      await expectPage(page, 'Confirm your address');
      await fill('Code', (await strict.app.mailbox.newest(email, welcome)).secretCode);
      await press('Confirm');
      await expectPage(page, 'Sign in');
      await fill('Password', PASSWORD);
      await press('Sign in');
      await expectPage(page, 'Your profile');
    } finally {
      await chromium.closeWindows();
      await app.stop();
      await strict.stop();
    }
  });

  it('shows passwords when asked', async () => {
    await open('sign-up', 'Create your account');
    await fill('Password', PASSWORD);
    const show = page.getByRole('button', { name: 'Show password' });
    await show.click();
    expect(await page.locator('#password').getAttribute('type')).toBe('text');
    expect(await show.getAttribute('aria-pressed')).toBe('true');
    await show.click();
    expect(await page.locator('#password').getAttribute('type')).toBe('password');
  });
});
