import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DeletionFlow } from '../support/account-deletion.js';
import { PASSWORD, signIn } from '../support/accounts.js';
import { subjectOf } from '../support/disavowal.js';
import { NEW_PASSWORD } from '../support/password-reset.js';
import { Chromium, VISITORS } from './support/chromium.js';
import { expectPage } from './support/inspection.js';
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
});
