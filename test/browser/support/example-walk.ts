import type { BrowserContext, Page } from 'playwright-core';
import { Settings } from '../../../src/config/settings.js';
import type { SettingValues } from '../../../src/common/declared.js';
import { PASSWORD, freshEmail, register, signedInAs } from '../../support/accounts.js';
import { CLIENT_ID, CLIENT_SECRET, FalseProvider } from '../../support/false-provider.js';
import type { TestApp } from '../../support/start-app.js';
import { Chromium } from './chromium.js';
import { type ExampleApp, serveExampleApp } from './example-app.js';
import { equip, expectPage } from './inspection.js';
import { type Site, freePort, startSite } from './site.js';

/** Settings that a test may change while the server runs. */
type Choice = Partial<Pick<SettingValues, 'REGISTRATION' | 'REGISTRATION_DOMAINS'>>;

/** Providers of the server, all of which are the false one, but for `away`, where nobody answers. */
const PROVIDERS = [
  { slug: 'fake', name: 'Fake', signUps: true },
  { slug: 'closed', name: 'Closed' },
  { slug: 'trusted', name: 'Trusted', signUps: true, emailTrusted: true },
];

/** Somebody who walks through the example app: a server with providers, the app, a browser, and what one does there. */
export class ExampleWalk {
  page!: Page;
  context!: BrowserContext;
  private readonly settings: Choice;

  private constructor(
    private readonly site: Site,
    readonly fake: FalseProvider,
    private readonly chromium: Chromium,
    private readonly example: ExampleApp,
  ) {
    const { REGISTRATION, REGISTRATION_DOMAINS } = site.app.nest.get(Settings);
    this.settings = { REGISTRATION, REGISTRATION_DOMAINS };
  }

  static async start(): Promise<ExampleWalk> {
    const port = await freePort();
    const environment = {
      RETURN_URLS: `http://localhost:${port}/`,
      CORS_ORIGINS: `http://localhost:${port}`,
      OUTBOUND_ALLOW_PRIVATE: 'true',
      WEBAUTHN_RP_ID: 'localhost',
    };
    const [site, chromium] = await Promise.all([startSite(environment, 'localhost'), Chromium.launch()]);
    const fake = await FalseProvider.start(PROVIDERS.map(({ slug }) => `${site.url}/v1/sign-ins/callback/${slug}`));
    const { accessToken: token } = await signedInAs(site.app, 'admin');
    const away = { slug: 'away', name: 'Away', issuer: `http://127.0.0.1:${await freePort()}` };
    for (const each of [...PROVIDERS, away]) {
      const body = { issuer: fake.issuer, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, ...each };
      const made = await site.app.post('/v1/providers', body, { token });
      if (made.status !== 201) throw new Error(made.text);
    }
    return new ExampleWalk(site, fake, chromium, await serveExampleApp(site.url, port));
  }

  async stop(): Promise<void> {
    await this.chromium.quit();
    await this.example.stop();
    this.fake.stop();
    await this.site.stop();
  }

  get app(): TestApp {
    return this.site.app;
  }

  get server(): Site {
    return this.site;
  }

  /** A fresh browser, at the provider of before. */
  async begin(): Promise<void> {
    this.fake.reset();
    this.choose(this.settings);
    await this.elsewhere();
  }

  /** Goes on in another browser, which knows nothing of what was before. */
  async elsewhere(): Promise<void> {
    this.context = await equip(await this.chromium.visit());
    this.page = await this.context.newPage();
  }

  /** @returns what the pages complained of */
  end(): Promise<string[]> {
    return this.chromium.leave();
  }

  choose(choice: Choice): void {
    Object.assign(this.app.nest.get(Settings), choice);
  }

  readonly press = (name: string): Promise<void> => this.page.getByRole('button', { name, exact: true }).click();
  readonly fill = (label: string, value: string): Promise<void> => this.page.getByLabel(label, { exact: true }).fill(value);
  readonly status = (text: string): Promise<void> => this.page.getByRole('status').filter({ hasText: text }).waitFor();
  readonly alert = (text: string): Promise<void> => this.page.getByRole('alert').filter({ hasText: text }).waitFor();
  readonly open = (view = 'sign-in'): Promise<unknown> => this.page.goto(`${this.example.url}/#/${view}`);

  /** Goes to a provider, and waits until the app is there again. */
  async visit(button: string): Promise<void> {
    const loaded = this.page.waitForEvent('domcontentloaded');
    await this.press(button);
    await loaded;
  }

  async toSecurity(): Promise<void> {
    await this.page.getByRole('navigation').getByRole('link', { name: 'Security' }).click();
    await expectPage(this.page, 'Security');
  }

  async signOut(): Promise<void> {
    await this.press('Sign out');
    await expectPage(this.page, 'Sign in');
  }

  async enter(email: string, password = PASSWORD): Promise<void> {
    await this.fill('E-mail address or username', email);
    await this.fill('Password', password);
    await this.press('Sign in');
  }

  /** Somebody new at the provider. */
  somebody(email = freshEmail('elsewhere')): { sub: string; email: string } {
    const person = { sub: `sub-${Math.random()}`, email, email_verified: true, given_name: 'Ada', family_name: 'Lovelace' };
    this.fake.person = person;
    return person;
  }

  /** Somebody with a proven address and a password here. */
  async member(): Promise<{ id: string; email: string }> {
    const user = await register(this.app);
    await this.app.rows('UPDATE users SET email_verified_at = now() WHERE id = $1', [user.id]);
    return user;
  }

  /** What the provider calls the people who are linked to an account. */
  async subjectsOf(email: string): Promise<string[]> {
    const found = await this.app.rows<{ subject: string }>(
      'SELECT i.subject FROM identities i JOIN users u ON u.id = i.user_id WHERE u.email = $1',
      [email],
    );
    return found.map(({ subject }) => subject);
  }

  /** An hour goes by since the account was last proven, and the page is loaded again, with a token that says so. */
  async age(email: string): Promise<void> {
    await this.app.rows(
      `UPDATE sessions SET auth_time = now() - interval '1 hour' WHERE user_id = (SELECT id FROM users WHERE email = $1)`,
      [email],
    );
    await this.page.reload();
  }

  /** A device that holds passkeys; it answers at once while somebody touches it. */
  async withPasskeys(): Promise<{ present: (isThere: boolean) => Promise<unknown> }> {
    const session = await this.context.newCDPSession(this.page);
    await session.send('WebAuthn.enable');
    const options = {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    } as const;
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: { ...options, automaticPresenceSimulation: true },
    });
    return { present: (enabled) => session.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }) };
  }
}
