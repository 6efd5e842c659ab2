import { createHash } from 'node:crypto';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/config/settings.js';
import { framedMail } from '../../../src/mail/mailbox/framed-mail.js';
import { MailboxPages } from '../../../src/mail/mailbox/mailbox-pages.js';
import { readMessage } from '../../../src/mail/mailbox/message.js';

const HOSTILE = [
  'From: "<script>alert(1)</script>" <evil@example.com>',
  'Subject: <script>alert(2)</script>',
  'X-Evil: <script>alert(3)</script>',
  'MIME-Version: 1.0',
  'Content-Type: multipart/alternative; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  '</pre><script>alert(4)</script> https://ok.example/?a=1&b=2',
  '  123456',
  'javascript:alert(5)',
  '--b',
  'Content-Type: text/html',
  '',
  '<html><head><title>x</title></head><body><script>alert(6)</script></body></html>',
  '--b--',
  '',
].join('\r\n');

const pages = new MailboxPages({ APP_NAME: 'Latch & Key' } as Settings);
const read = () => readMessage(PostalMime, Buffer.from(HOSTILE), ['<b>@example.com']);

describe('development mailbox', () => {
  it('finds the code and the links in a mail', async () => {
    expect(await read()).toMatchObject({ code: '123456', links: ['https://ok.example/?a=1&b=2'], from: 'evil@example.com' });
  });

  it('escapes all content of a mail', async () => {
    const message = await read();
    for (const view of ['html', 'text', 'headers'] as const) {
      const { html } = pages.message('../mail', [message], message, view);
      expect(html).not.toContain('<script');
      expect(html).not.toContain('<b>@');
      expect(html).not.toContain('href="javascript');
    }
  });

  it('allows no script on its pages and frames HTML in a sandbox', async () => {
    const message = await read();
    const page = pages.message('../mail', [message], message);
    expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(page.html).toContain(
      `<iframe title="HTML version" src="../mail/html/${message.id}" sandbox="allow-popups allow-popups-to-escape-sandbox"`,
    );

    const content = framedMail(String(message.html), undefined);
    expect(content.html).toContain('<head><base target="_blank">');
    expect(content.headers['content-security-policy']).toMatch(/^sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'/);
    expect(content.headers['content-security-policy']).not.toContain('allow-scripts');
  });

  it('shows an empty inbox, with one script that loads new mails', () => {
    const { html, headers } = pages.inbox('mail', []);
    expect(html).toContain('No mail yet');
    const [, script = ''] = /<script>([^]*)<\/script>/.exec(html) ?? [];
    expect(script).toContain('fetch(');
    expect(headers['content-security-policy']).toContain(`; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  });
});
