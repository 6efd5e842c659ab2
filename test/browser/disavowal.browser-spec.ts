import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MailKind } from '../../src/common/declared.js';
import { DeletionFlow } from '../support/account-deletion.js';
import { PASSWORD, freshEmail, signIn } from '../support/accounts.js';
import { DisavowalFlow, subjectOf } from '../support/disavowal.js';
import { addTotp } from '../support/factors.js';
import { NEW_PASSWORD } from '../support/password-reset.js';
import { Chromium, VISITORS } from './support/chromium.js';
import { equip, expectFaultless, expectPage } from './support/inspection.js';
import { followMail } from './support/mails.js';
import { type Site, startSite } from './support/site.js';

const STOLEN = 'nine loud thieves whistle';

describe('"This wasn\'t me" in a browser', () => {
  let site: Site;
  let chromium: Chromium;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startSite(), Chromium.launch()]);
  });
  afterAll(async () => {
    await chromium?.quit();
    await site?.stop();
  });
  afterEach(async () => {
    expect(await chromium.leave()).toEqual([]);
  });

  const { proven } = new DeletionFlow(() => site.app);

  it.each(VISITORS)('leads $name from the mail to a new password', async (visitor) => {
    const context = await chromium.visit(visitor);
    const { email, accessToken: token } = await proven();
    await site.app.call('PUT', '/v1/auth/password', { token, body: { currentPassword: PASSWORD, newPassword: STOLEN } });
    await site.app.mailbox.about(subjectOf('password-changed'), email);
    const page = await followMail(context, site, email, 'This wasn’t me');
    await expectPage(page, 'This wasn’t me');
    expect(await page.getByText(email).isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Secure my account' }).focus();
    await page.keyboard.press('Enter');
    await expectPage(page, 'Your account is secured');
    expect((await site.app.post('/v1/auth/login', { identifier: email, password: STOLEN })).status).toBe(401);
    // Somebody in a hurry goes back and presses again.
    await page.goBack();
    await page.reload();
    await expectPage(page, 'You have told us already');

    await site.app.mailbox.about(subjectOf('reset-password'), email);
    const reset = await followMail(context, site, email, 'Choose a new password');
    await reset.getByLabel('New password').fill(NEW_PASSWORD);
    await reset.keyboard.press('Enter');
    await expectPage(reset, 'Your new password is set');
    await signIn(site.app, email, NEW_PASSWORD);
  });

  describe('can be seen and read by everybody', () => {
    const { noticeOf } = new DisavowalFlow(() => site.app);
    /** Opens the page of the mail about what somebody does; the address is as long as people's get, in one word. */
    const opened = async (kind: MailKind, does: (token: string) => Promise<unknown>) => {
      const page = await (await equip(await chromium.visit())).newPage();
      const user = await proven({ email: freshEmail('maximiliana-alexandrine.von-und-zu-hohenstein-xxxxxxxx') });
      await does(user.accessToken);
      const { token } = await noticeOf(kind, user);
      await page.goto(`${site.url}/account/disavow?token=${token}`);
      return page;
    };

    it('before, afterwards, and another time', async () => {
      const page = await opened('mobile-changed', async (token) => {
        for (const mobile of ['+12125558801', '+12125558802'])
          await site.app.call('PUT', '/v1/users/me/mobile', { token, body: { mobile, currentPassword: PASSWORD } });
      });
      const url = page.url();
      await expectFaultless(page, 'disavow');
      await page.getByRole('button', { name: 'Secure my account' }).click();
      await expectPage(page, 'Your account is secured');
      await expectFaultless(page, 'disavowed');
      await page.goto(url);
      await expectPage(page, 'You have told us already');
      await expectFaultless(page, 'disavowed before');
    });

    it('where the only second factor goes after a wait', async () => {
      const page = await opened('authenticator-added', (token) => addTotp(site.app, token));
      await page.getByRole('button', { name: 'Secure my account' }).click();
      await page.getByText('we mail you a link then').waitFor();
      await expectFaultless(page, 'disavowed, after a wait');
    });
  });
});
