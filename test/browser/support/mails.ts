import type { BrowserContext, Page } from 'playwright-core';
import type { Site } from './site.js';

/** Opens the newest mail to an address in the development mailbox, as soon as it is there. */
export async function openMail(context: BrowserContext, site: Site, to: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${site.url}/dev/mail`);
  const entry = page.getByRole('link', { name: to }).first();
  const reload = page.getByRole('link', { name: 'Reload' });
  // With scripts it comes by itself.
  while ((await reload.isVisible()) && !(await entry.isVisible())) await reload.click();
  await entry.click();
  await page.waitForURL(/\/dev\/mail\/./);
  // With the frame that the mail is in: a click while that is loading leads nowhere.
  await page.waitForLoadState('load');
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

/** Opens the newest mail to an address and follows one of its links, which opens in a tab of its own. */
export async function followMail(context: BrowserContext, site: Site, to: string, link: string): Promise<Page> {
  const mail = await openMail(context, site, to);
  const opened = context.waitForEvent('page');
  await mail.frameLocator('iframe').getByRole('link', { name: link, exact: true }).click();
  const page = await opened;
  await page.getByRole('main').waitFor();
  return page;
}
