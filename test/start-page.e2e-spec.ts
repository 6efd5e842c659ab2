import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  let page: Answer;
  /** Serves the page with these settings to all tests of a group. */
  const served = (environment: Record<string, string>): void => {
    beforeAll(async () => {
      app = await startApp(environment);
      page = await app.get('/');
    });
    afterAll(() => app.stop());
  };
  const linksOf = ({ text }: Answer): string[] => [...text.matchAll(/<a href="([^"]*)"/g)].map(([, href]) => String(href));

  describe('with all contracts', () => {
    served({ CONTRACTS: 'all' });

    it('is a page that nobody may frame, keep or run scripts in', () => {
      const { status, headers, text } = page;
      expect(status).toBe(200);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; .*frame-ancestors 'none'$/);
      expect(text).not.toMatch(/<script|\son\w+=/i);
    });

    it('links to all that runs, and every link leads somewhere', async () => {
      const links = linksOf(page);
      expect(links).toEqual([
        '/docs',
        '/openapi.json',
        '/dev/mail',
        '/health/ready',
        ...CONTRACT_SLUGS.map((slug) => `/docs/contracts/${slug}`),
      ]);
      for (const url of links) expect([url, (await app.get(url, { headers: { host: 'localhost' } })).status]).toEqual([url, 200]);
      for (const slug of CONTRACT_SLUGS)
        expect(page.text).toContain(`<code class="url">${app.settings.PUBLIC_URL}/contracts/${slug}</code>`);
    });

    it('says how to install the packages', () => {
      expect(page.text).toContain(`<code>npm install ${app.settings.PUBLIC_URL}/sdk/verifier.tgz</code>`);
    });
  });

  describe('without documentation', () => {
    served({ DOCS: 'false', CONTRACTS: 'all' });

    it('leaves it out, and the packages', () => {
      expect(linksOf(page)).toEqual(['/dev/mail', '/health/ready']);
      expect(page.text).toContain('/contracts/sadhelx</code>');
      expect(page.text).not.toContain('/sdk/');
    });
  });

  describe('of a brand, below a path, with one contract and real mail', () => {
    served({
      PUBLIC_URL: 'https://example.com/accounts',
      APP_NAME: 'Bird <b>& Co',
      BRAND_COLOR: '008060',
      CONTRACTS: 'user-auth',
      SMTP_URL: 'smtp://127.0.0.1:9',
    });

    it('names only the contracts that are served', () => {
      expect(linksOf(page).filter((link) => link.includes('contracts'))).toEqual(['/accounts/docs/contracts/user-auth']);
    });

    it('says what walks there are below the address that people reach, its path included', () => {
      expect(page.text).toContain('curl -s https://example.com/accounts/v1/auth/register');
      expect(linksOf(page)).toContain('/accounts/docs');
    });

    it('says what is called by the name and colours of the brand, as text', () => {
      expect(page.text).toContain('Bird &lt;b&gt;&amp; Co is running');
      expect(page.text).toContain('--fill:#008060');
    });

    it('has no way to a mailbox', () => {
      expect(page.text).not.toContain('dev/mail');
      expect(page.text).toContain('read CODE');
    });
  });

  describe('in production', () => {
    served({ ...PRODUCTION, CONTRACTS: 'sadhelx' });

    it('tells nothing that the documentation does not', () => {
      expect(page.status).toBe(200);
      expect(linksOf(page)).toEqual(['/docs', '/openapi.json', '/health/ready', '/docs/contracts/sadhelx']);
      expect(page.text).not.toMatch(/dev\/mail|version|\d+\.\d+\.\d+|admin|development/i);
    });
  });

  describe('in production without documentation', () => {
    served({ ...PRODUCTION, CONTRACTS: 'sadhelx', DOCS: 'false' });

    it('tells next to nothing', () => {
      expect(page.status).toBe(200);
      expect(linksOf(page)).toEqual(['/health/ready']);
      const [, body = ''] = page.text.split('</style>');
      expect(body).not.toMatch(/\/v1|curl|sadhelx|contracts|dev\/mail|\d+\.\d+\.\d+|admin/i);
    });
  });
});
