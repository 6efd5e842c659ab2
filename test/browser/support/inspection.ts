import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every kind of screen that a page is looked at on. */
const SCREENS = [
  { screen: 'desktop light', width: 1_280, height: 800, colorScheme: 'light' },
  { screen: 'desktop dark', width: 1_280, height: 800, colorScheme: 'dark' },
  { screen: 'phone light', width: 360, height: 740, colorScheme: 'light' },
  { screen: 'phone dark', width: 360, height: 740, colorScheme: 'dark' },
] as const;

/** Lets `expectFaultless` look into pages of the context. The pages' own policies stay in force: this is no script of theirs. */
export async function equip(context: BrowserContext): Promise<BrowserContext> {
  await context.addInitScript({ content: AXE });
  return context;
}

/**
 * Expects that axe finds nothing wrong with the page and that nothing sticks out sideways, on each kind of screen. Keeps pictures
 * in the folder that the environment variable `SCREENSHOTS` names, if it does.
 */
export async function expectFaultless(page: Page, name: string, options: RunOptions = {}): Promise<void> {
  const found: string[] = [];
  for (const { screen, width, height, colorScheme } of SCREENS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme });
    await keepPicture(page, `${name} ${screen}`);
    found.push(...(await violations(page, options)).map((violation) => `${screen}: ${violation}`));
    const tooWide = (await page.evaluate<number>('document.documentElement.scrollWidth')) - width;
    if (tooWide > 0) found.push(`${screen}: ${tooWide} px wider than the screen`);
  }
  expect(found, `faults of ${name}`).toEqual([]);
}

/** Waits for the page with this heading. */
export async function expectPage(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  expect(await page.getByRole('heading', { level: 1 }).allTextContents()).toEqual([heading]);
}

/** Waits until the element with this selector has the focus. */
export async function expectFocus(page: Page, selector: string): Promise<void> {
  await page.locator(`${selector}:focus`).waitFor();
  expect(await page.locator(':focus').count()).toBe(1);
}

async function violations(page: Page, options: RunOptions): Promise<string[]> {
  const results = await page.evaluate(
    // Frames of foreign content run no scripts; there axe would wait for an answer.
    async (run): Promise<AxeResults> => (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run({ iframes: false, ...run }),
    options,
  );
  return results.violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name.replaceAll(/\W+/g, '-')}.png`), fullPage: true });
}
