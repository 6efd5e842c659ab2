import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CONTRACT_SLUGS } from '../../src/contracts/shared/contract-slugs.js';
import { Chromium, PHONE } from './support/chromium.js';
import { equip, expectFaultless, expectPage } from './support/inspection.js';
import { type Site, startSite } from './support/site.js';

const run = promisify(execFile);

describe('who opens the address of the server', () => {
  let site: Site;
  let chromium: Chromium;
  let context: BrowserContext;
  beforeAll(async () => {
    [site, chromium] = await Promise.all([startSite({ CONTRACTS: 'all' }), Chromium.launch()]);
  });
  beforeEach(async () => {
    context = await equip(await chromium.visit());
    return async () => {
      expect(await chromium.leave()).toEqual([]);
    };
  });
  afterAll(async () => {
    await chromium?.quit();
    await site?.stop();
  });

  it('sees a page that everybody can read, on every screen', async () => {
    const page = await context.newPage();
    await page.goto(site.url);
    await expectPage(page, 'Latchkey is running');
    await expectFaultless(page, 'start');
  });

  it('sees one in production, too', async () => {
    const page = await context.newPage();
    const production = await startSite({
      NODE_ENV: 'production',
      APP_NAME: 'Bird Watchers',
      BRAND_COLOR: '008060',
      SMTP_URL: 'smtp://127.0.0.1:9',
      APP_SECRET: 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk',
      RATE_LIMIT: 'on',
      STORAGE_URL: 'file:///tmp/latchkey-start-page',
      SHUTDOWN_GRACE_SECONDS: '0',
      DOCS: 'false',
    });
    try {
      await page.goto(production.url);
      await expectPage(page, 'Accounts and sign-in');
      await expectFaultless(page, 'start in production');
    } finally {
      await chromium.closeWindows();
      await production.stop();
    }
  });

  it('copies the walk with one click a step, pastes it into a terminal, and it works', async () => {
    const page = await context.newPage();
    await page.goto(site.url);
    const steps: string[] = [];
    for (const step of await page.locator('.walk pre').all()) {
      await step.click();
      steps.push(await page.evaluate<string>('getSelection().toString()'));
    }
    expect(steps).toHaveLength(6);
    const { stdout } = await run('sh', ['-ec', steps.join('\n')], { timeout: 30_000 });
    expect(stdout).toContain('"email":"ada@example.com","emailVerified":true');
    expect(stdout).toMatch(/\d{8}\n/);
    expect(stdout).toMatch(/\}\n204\n\{/);
    expect(stdout).toMatch(/"code":"token\.revoked"[^}]*\}\s*$/);
  });

  it('finds the same without scripts', async () => {
    const page = await (await chromium.visit(PHONE)).newPage();
    await page.goto(site.url);
    await expectPage(page, 'Latchkey is running');
    await page.getByRole('link', { name: 'Mailbox' }).click();
    await page.waitForURL(`${site.url}/dev/mail`);
  });

  it('reads without scripts where the documentation for programs is', async () => {
    const page = await (await chromium.visit(PHONE)).newPage();
    for (const [path, document] of [
      ['/docs', '/openapi.json'],
      ['/docs/contracts/sadhelx', '/docs/contracts/sadhelx.json'],
    ]) {
      await page.goto(site.url + path);
      expect(await page.evaluate<string>("getComputedStyle(document.body, '::before').content")).toContain(`programs: ${document}`);
    }
  });

  it('finds every document in the selector of the documentation, and each loads under its policy', async () => {
    const page = await context.newPage();
    await page.goto(site.url);
    await page.getByRole('link', { name: 'Documentation' }).click();
    const selector = page.locator('#select');
    await selector.waitFor();
    const documents = await selector.locator('option').evaluateAll((options) => options.map((each) => (each as HTMLOptionElement).value));
    expect(documents).toEqual(['/openapi.json', ...CONTRACT_SLUGS.map((slug) => `/docs/contracts/${slug}.json`)]);
    for (const url of documents) {
      const { info } = (await (await fetch(site.url + url)).json()) as { info: { title: string } };
      await selector.selectOption(url);
      await page.locator('.info .title', { hasText: info.title }).waitFor();
      await page.locator('.opblock').first().waitFor();
      expect(await page.locator('.errors-wrapper').count()).toBe(0);
    }
  });

  it('finds a page of its own for each contract', async () => {
    const page = await context.newPage();
    for (const slug of CONTRACT_SLUGS) {
      await page.goto(site.url);
      await page.getByRole('link', { name: slug, exact: true }).click();
      await page.waitForURL(`${site.url}/docs/contracts/${slug}`);
      await page.locator('.opblock').first().waitFor();
      expect(await page.locator('.errors-wrapper').count()).toBe(0);
    }
  });
});
