import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type ConsoleMessage, chromium } from 'playwright-core';

/** Where Debian's package puts it. */
const DEFAULT_PATH = '/usr/bin/chromium';

/** The last ones keep it from talking to anybody but the page's server. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser error for each page that is refused on purpose; not a fault of the page. */
const REFUSED_PAGE = /^Failed to load resource: the server responded with a status of [45]\d\d/;

/** Longest wait for something to appear or to be clickable, ms. Swagger UI takes over 15 s to appear on a busy machine. */
const PATIENCE_MS = 45_000;

/** Who looks at a page, and with what. */
export interface Visitor {
  name: string;
  width: number;
  height: number;
  /** Null: as the machine has it. */
  colorScheme: 'light' | 'dark' | null;
  javaScript: boolean;
}

export const DESKTOP: Visitor = { name: 'on a wide light screen', width: 1_280, height: 800, colorScheme: 'light', javaScript: true };

export const PHONE: Visitor = {
  name: 'on a dark phone without JavaScript',
  width: 360,
  height: 740,
  colorScheme: 'dark',
  javaScript: false,
};

export const VISITORS = [DESKTOP, PHONE];

/** A browser for one test file. */
export class Chromium {
  /** What pages did wrong since the last look: broken policies, errors of scripts, requests to other hosts. */
  readonly complaints: string[] = [];
  private readonly contexts: BrowserContext[] = [];

  private constructor(private readonly browser: Browser) {}

  static async launch(): Promise<Chromium> {
    const executablePath = process.env['CHROMIUM_PATH'] ?? DEFAULT_PATH;
    if (!existsSync(executablePath)) {
      throw new Error(
        `There is no Chromium at ${executablePath}. Install it (Debian: apt-get install chromium), or say in CHROMIUM_PATH where it is.`,
      );
    }
    return new Chromium(await chromium.launch({ executablePath, args: FLAGS }));
  }

  /** A visitor's own browser window, with no memory of others. */
  async visit({ width, height, colorScheme, javaScript }: Visitor = DESKTOP, bypassCSP = false): Promise<BrowserContext> {
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme, javaScriptEnabled: javaScript, bypassCSP });
    context.setDefaultTimeout(PATIENCE_MS);
    context.on('console', (message) => this.listen(message));
    context.on('weberror', (error) => this.complaints.push(error.error().message));
    this.contexts.push(context);
    return context;
  }

  /** Closes all windows. Comes before a server is stopped: pages go on asking it for news. */
  async closeWindows(): Promise<void> {
    await Promise.all(this.contexts.splice(0).map((context) => context.close()));
  }

  /** Closes all windows and gives what pages did wrong. */
  async leave(): Promise<string[]> {
    await this.closeWindows();
    return this.complaints.splice(0);
  }

  async quit(): Promise<void> {
    await this.browser.close();
  }

  private listen(message: ConsoleMessage): void {
    const isBad = message.type() === 'error' || message.type() === 'warning';
    if (isBad && !REFUSED_PAGE.test(message.text())) this.complaints.push(`${message.text()} (${message.location().url})`);
  }
}
