import { afterEach, describe, expect, it } from 'vitest';
import { CONTRACT_SLUGS } from '../src/contracts/shared/contract-slugs.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';

const PRODUCTION = {
  NODE_ENV: 'production',
  SMTP_URL: 'smtp://127.0.0.1:9',
  APP_SECRET: 'gYtE2vQ8xLr5nKpZ3wMbH7cJ1dF6sA9uTq4R0iVyXoWk',
  RATE_LIMIT: 'on',
  STORAGE_URL: 'file:///tmp/latchkey-start-page',
  MIGRATE_ON_START: 'false',
};

describe('the start page', () => {
  let app: TestApp;
  afterEach(() => app.stop());

  const open = async (environment: Record<string, string> = {}): Promise<Answer> => {
    app = await startApp(environment);
    return app.get('/');
  };
  const linksOf = ({ text }: Answer): string[] => [...text.matchAll(/<a href="([^"]*)"/g)].map(([, href]) => String(href));

  it('is a page that nobody may frame, keep or run scripts in', async () => {
    const { status, headers, text } = await open();
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/);
    expect(text).not.toMatch(/<script|\son\w+=/i);
  });

  it('links to all that runs, and every link leads somewhere', async () => {
    const page = await open({ CONTRACTS: 'all' });
    const links = linksOf(page);
    expect(links).toEqual([
      '/docs',
      '/openapi.json',
      '/dev/mail',
      '/health/ready',
      ...CONTRACT_SLUGS.map((slug) => `/docs/contracts/${slug}`),
    ]);
    for (const url of links) expect([url, (await app.get(url, { headers: { host: 'localhost' } })).status]).toEqual([url, 200]);
    for (const slug of CONTRACT_SLUGS) expect(page.text).toContain(`<code class="url">${app.settings.PUBLIC_URL}/contracts/${slug}</code>`);
  });

  it('says how to install the packages, unless the documentation is switched off', async () => {
    const page = await open();
    expect(page.text).toContain(`<code>npm install ${app.settings.PUBLIC_URL}/sdk/verifier.tgz</code>`);
    await app.stop();
    expect((await open({ DOCS: 'false' })).text).not.toContain('/sdk/');
  });

  it('names only the contracts that are served', async () => {
    const links = linksOf(await open({ CONTRACTS: 'user-auth' }));
    expect(links.filter((link) => link.includes('contracts'))).toEqual(['/docs/contracts/user-auth']);
  });

  it('says what walks there are below the address that people reach, its path included', async () => {
    const page = await open({ PUBLIC_URL: 'https://example.com/accounts' });
    expect(page.text).toContain('curl -s https://example.com/accounts/v1/auth/register');
    expect(linksOf(page)).toContain('/accounts/docs');
  });

  it('says what is called by the name and colours of the brand, as text', async () => {
    const { text } = await open({ APP_NAME: 'Bird <b>& Co', BRAND_COLOR: '008060' });
    expect(text).toContain('Bird &lt;b&gt;&amp; Co is running');
    expect(text).toContain('--fill:#008060');
  });

  it('has no way to a mailbox where mail is really sent', async () => {
    const { text } = await open({ SMTP_URL: 'smtp://127.0.0.1:9' });
    expect(text).not.toContain('dev/mail');
    expect(text).toContain('read CODE');
  });

  it('leaves the documentation out where it is switched off', async () => {
    const page = await open({ DOCS: 'false', CONTRACTS: 'all' });
    expect(linksOf(page)).toEqual(['/dev/mail', '/health/ready']);
    expect(page.text).toContain('/contracts/sadhelx</code>');
  });

  describe('in production', () => {
    it('tells nothing that the documentation does not', async () => {
      const page = await open({ ...PRODUCTION, CONTRACTS: 'sadhelx' });
      expect(page.status).toBe(200);
      expect(linksOf(page)).toEqual(['/docs', '/openapi.json', '/health/ready', '/docs/contracts/sadhelx']);
      expect(page.text).not.toMatch(/dev\/mail|version|\d+\.\d+\.\d+|admin|development/i);
    });

    it('tells next to nothing without the documentation', async () => {
      const page = await open({ ...PRODUCTION, CONTRACTS: 'sadhelx', DOCS: 'false' });
      expect(page.status).toBe(200);
      expect(linksOf(page)).toEqual(['/health/ready']);
      const [, body = ''] = page.text.split('</style>');
      expect(body).not.toMatch(/\/v1|curl|sadhelx|contracts|dev\/mail|\d+\.\d+\.\d+|admin/i);
    });
  });
});
