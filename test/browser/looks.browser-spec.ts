import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DeletionFlow } from '../support/account-deletion.js';
import { PASSWORD, freshEmail, register, signedIn, signedInAs } from '../support/accounts.js';
import { NEW_PASSWORD, ResetFlow } from '../support/password-reset.js';
import { plantTotp } from '../support/second-factor.js';
import { Chromium, DESKTOP } from './support/chromium.js';
import { EmailChange } from './support/email-change.js';
import { equip, expectFaultless, expectPage } from './support/inspection.js';
import { openMail } from './support/mails.js';
import { type Site, startSite } from './support/site.js';

const RETURN_URL = 'https://app.example.com/welcome';

/** As long as people's addresses get, in one word. */
const longEmail = (): string => freshEmail(`maximiliana-alexandrine.von-und-zu-hohenstein${'x'.repeat(8)}`);

/** Every page in every state, light and dark, wide and on a phone: nothing for axe to find, nothing that sticks out. */
describe('each page can be seen and read by everybody', () => {
  let site: Site;
  let chromium: Chromium;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startSite({ RETURN_URLS: RETURN_URL }), Chromium.launch()]);
  });
  beforeEach(async () => {
    context = await equip(await chromium.visit());
    page = await context.newPage();
    return async () => {
      expect(await chromium.leave()).toEqual([]);
    };
  });
  afterAll(async () => {
    await chromium?.quit();
    await site?.stop();
  });

  const flow = new ResetFlow(() => site.app);
  const change = new EmailChange(() => site.app);
  const deletion = new DeletionFlow(() => site.app);
  const openConfirmation = async (): Promise<string> => {
    const email = longEmail();
    await register(site.app, { email });
    const { token } = await site.app.mailbox.newest(email);
    await page.goto(`${site.url}/account/confirm-email?token=${token}`);
    return email;
  };
  const openReset = async (): Promise<string> => {
    const { email, mail } = await flow.candidate({ email: longEmail() });
    await page.goto(`${site.url}/account/reset-password?token=${mail.token}`);
    return email;
  };
  const expire = (email: string): Promise<object[]> =>
    site.app.rows(
      "UPDATE challenges SET expires_at = now() - interval '1 second' WHERE user_id = (SELECT id FROM users WHERE email_key = $1)",
      [email],
    );

  it('confirming an address', async () => {
    await openConfirmation();
    await expectFaultless(page, 'confirm');
    await page.getByText('I did not create this account').click();
    await expectFaultless(page, 'confirm, both forms');
  });

  it('confirming an address with a wrong password', async () => {
    await openConfirmation();
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectFaultless(page, 'confirm, wrong password');
  });

  it('taking over an account with a new password that is too short', async () => {
    await openConfirmation();
    await page.getByText('I did not create this account').click();
    await page.getByLabel('New password').fill('short');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectFaultless(page, 'confirm, bad new password');
  });

  it('an address confirmed', async () => {
    await openConfirmation();
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await expectPage(page, 'Your e-mail address is confirmed');
    await expectFaultless(page, 'confirmed');
  });

  it('an account taken over', async () => {
    await openConfirmation();
    await page.getByText('I did not create this account').click();
    await page.getByLabel('New password').fill(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByText('Your new password is set').waitFor();
    await expectFaultless(page, 'confirmed, taken over');
  });

  it('choosing a new password', async () => {
    await openReset();
    await expectFaultless(page, 'reset');
    await page.getByLabel('New password').fill('passwordpassword');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectFaultless(page, 'reset, bad new password');
    await page.getByLabel('New password').fill(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await expectPage(page, 'Your new password is set');
    await expectFaultless(page, 'reset done');
  });

  it('changing an address', async () => {
    const { mail } = await change.asked({ newEmail: longEmail(), returnTo: RETURN_URL });
    await page.goto(`${site.url}/account/confirm-new-email?token=${mail.token}`);
    await expectFaultless(page, 'new address');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectFaultless(page, 'new address, wrong password');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await expectPage(page, 'Your account has its new e-mail address');
    await expectFaultless(page, 'new address confirmed, with a way back');
  });

  it('accepting an invitation', async () => {
    const { accessToken: token } = await signedInAs(site.app, 'admin');
    const invite = async (email: string): Promise<string> => {
      await site.app.post('/v1/invitations', { email }, { token });
      return (await site.app.mailbox.newest(email, undefined, 'You are invited')).token;
    };
    await page.goto(`${site.url}/account/invitation?token=${await invite(longEmail())}`);
    await expectFaultless(page, 'invitation');
    await page.getByLabel('Password').fill('passwordpassword');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectFaultless(page, 'invitation, bad password');
    await page.getByText('I want no password').click();
    await expectFaultless(page, 'invitation, both forms');
    await page.getByLabel('Password').fill(NEW_PASSWORD);
    await page.keyboard.press('Enter');
    await expectPage(page, 'Your invitation is accepted');
    await expectFaultless(page, 'invitation accepted');
    await page.goto(`${site.url}/account/invitation?token=${await invite(longEmail())}`);
    await page.getByText('I want no password').click();
    await page.getByRole('button', { name: 'Accept without a password' }).click();
    await expectPage(page, 'Your invitation is accepted');
    await expectFaultless(page, 'invitation accepted without a password');
  });

  it('undoing the change of an address', async () => {
    const { notice } = await change.changed({ email: longEmail() });
    await page.goto(`${site.url}/account/undo-email-change?token=${notice.token}`);
    await expectFaultless(page, 'undo');
    await page.getByLabel('New password').fill('passwordpassword');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await expectFaultless(page, 'undo, bad new password');
    await page.getByText('I want to choose a password later').click();
    await expectFaultless(page, 'undo, both forms');
    await page.getByRole('button', { name: 'Undo the change now' }).click();
    await expectPage(page, 'Your account has its former e-mail address again');
    await expectFaultless(page, 'undone');
  });

  it('deleting an account', async () => {
    const user = await deletion.proven({ email: longEmail(), username: `maximiliana.alexandrine.${process.pid}` });
    const { token } = await deletion.mailFor(user, { returnTo: RETURN_URL });
    await page.goto(`${site.url}/account/delete-account?token=${token}`);
    await expectFaultless(page, 'delete');
    // The only one, whoever was an administrator in other tests.
    await site.app.rows(`UPDATE users SET roles = CASE WHEN email = $1 THEN '{user,admin}' ELSE '{user}' END::text[]`, [user.email]);
    await page.getByRole('button').click();
    await expectPage(page, 'The last administrator has to stay');
    await expectFaultless(page, 'delete, last administrator');
    await site.app.rows(`UPDATE users SET roles = '{user}' WHERE email = $1`, [user.email]);
    await page.goto(`${site.url}/account/delete-account?token=${token}`);
    await page.getByRole('button').click();
    await expectPage(page, 'Your account is deleted');
    await expectFaultless(page, 'deleted');
  });

  it('a link that does not work', async () => {
    await page.goto(`${site.url}/account/reset-password?token=x`);
    await expectFaultless(page, 'dead link');
    const email = await openReset();
    await expire(email);
    await page.reload();
    await expectPage(page, 'This link has expired');
    await expectFaultless(page, 'expired link');
  });

  it('an address where nothing is', async () => {
    await page.goto(`${site.url}/account/nothing`);
    await expectFaultless(page, 'nothing here');
  });

  it('a failure of ours', async () => {
    await openReset();
    await site.app.rows('ALTER TABLE challenges RENAME TO challenges_away');
    await page.reload();
    await site.app.rows('ALTER TABLE challenges_away RENAME TO challenges');
    await expectPage(page, 'Something went wrong');
    await expectFaultless(page, 'failure');
  });

  it('too many tries', async () => {
    const strict = await startSite({ RATE_LIMIT: 'on', LIMIT_CODES: '1/900' });
    try {
      for (let tries = 0; tries < 3; tries += 1) {
        await page.setContent(
          `<form method="post" action="${strict.url}/account/reset-password"><input name="token" value="x"><input name="newPassword" value="${NEW_PASSWORD}"><button>Go</button></form>`,
        );
        await page.getByRole('button').click();
        await page.getByRole('main').waitFor();
      }
      await expectPage(page, 'Too many tries');
      await expectFaultless(page, 'too many tries');
    } finally {
      await chromium.closeWindows();
      await strict.stop();
    }
  });

  describe('of the development mailbox', () => {
    it('without a mail', async () => {
      const fresh = await startSite();
      try {
        await page.goto(`${fresh.url}/dev/mail`);
        await expectFaultless(page, 'mailbox, empty');
        expect(await page.getByText('Choose a mail').isVisible()).toBe(false);
      } finally {
        await chromium.closeWindows();
        await fresh.stop();
      }
    });

    it('with a text message', async () => {
      const mobile = '+12125551000';
      const { accessToken: token } = await signedIn(site.app);
      await site.app.call('PUT', '/v1/users/me/mobile', { token, body: { mobile, currentPassword: PASSWORD } });
      await site.app.post('/v1/users/me/mobile/verification', undefined, { token });
      const message = await openMail(context, site, mobile);
      expect(await message.getByRole('link', { name: 'Headers' }).count()).toBe(0);
      await expectFaultless(message, 'mailbox, text message');
    });

    it('with mails, and with one open', async () => {
      const email = longEmail();
      await register(site.app, { email });
      const mail = await openMail(context, site, email);
      await expectFaultless(mail, 'mailbox, html');
      await mail.getByRole('link', { name: 'Text' }).click();
      await expectFaultless(mail, 'mailbox, text');
      await mail.getByRole('link', { name: 'Headers' }).click();
      await expectFaultless(mail, 'mailbox, headers');
      await mail.goto(`${site.url}/dev/mail`);
      await expectFaultless(mail, 'mailbox, list');
      await mail.setViewportSize(DESKTOP);
      expect(await mail.getByText('Choose a mail').isVisible()).toBe(true);
    });
  });

  describe('of an account with a second factor', () => {
    const candidate = async (): Promise<{ id: string; email: string; token: string }> => {
      const { id, email } = await deletion.proven({ email: longEmail() });
      await plantTotp(site.app, id);
      const { token } = await flow.mailFor(email);
      await page.goto(`${site.url}/account/reset-password?token=${token}`);
      return { id, email, token };
    };

    it('choosing a new password', async () => {
      await candidate();
      await expectFaultless(page, 'reset with a factor');
      await page.getByLabel('New password').fill(NEW_PASSWORD);
      await page.getByLabel('Code of your authenticator app').fill('000000');
      await page.getByRole('button', { name: 'Set new password' }).click();
      await page.getByRole('alert').waitFor();
      await expectFaultless(page, 'reset with a wrong factor');
      await page.getByText('I have neither my authenticator app nor a recovery code').click();
      await expectFaultless(page, 'reset, factor lost');
    });

    it('waiting for a reset, and stopping it', async () => {
      const { email } = await candidate();
      const before = await site.app.mailbox.newest(email);
      await page.getByText('I have neither my authenticator app nor a recovery code').click();
      await page.getByRole('button', { name: 'Wait 24 hours' }).click();
      await expectPage(page, 'You can choose a new password in 24 hours');
      await expectFaultless(page, 'reset delayed');
      const { token } = await site.app.mailbox.newest(email, before);
      await page.goto(`${site.url}/account/stop-reset?token=${token}`);
      await expectFaultless(page, 'stop reset');
      await page.getByRole('button', { name: 'Stop the reset' }).click();
      await expectPage(page, 'The reset is stopped');
      await expectFaultless(page, 'reset stopped');
    });

    it('deleting it', async () => {
      const user = await deletion.asked({ email: longEmail() });
      await plantTotp(site.app, user.id);
      await page.goto(`${site.url}/account/delete-account?token=${user.mail.token}`);
      await expectFaultless(page, 'delete with a factor');
      await page.getByLabel('Code of your authenticator app').fill('000000');
      await page.getByRole('button', { name: 'Delete my account' }).click();
      await page.getByRole('alert').waitFor();
      await expectFaultless(page, 'delete with a wrong factor');
    });
  });
});
