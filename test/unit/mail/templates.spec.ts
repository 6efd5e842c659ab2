import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import { lookOf } from '../../../src/look/mail-look.js';
import type { MailContext } from '../../../src/mail/mail-context.js';
import { LOOK, TEMPLATES as adapter, contextOf } from '../../support/written-mails.js';

const KINDS = [...CATALOGUE.mails];
/** Kinds of mail whose link is enough, so that they contain no code. */
const LINK_ONLY = ['email-changed', 'delete-account', 'invitation', 'first-proof', 'reset-delayed', 'reset-soon', 'reset-due'];
/** Whose link stays good for as long as what it stops has not happened. */
const WITHOUT_LIFETIME = ['reset-delayed', 'reset-soon'];
const SECRET = KINDS.filter(([, { carriesSecrets }]) => carriesSecrets === true).map(([kind]) => kind);
const NOTICES = KINDS.filter(([, { carriesSecrets }]) => carriesSecrets === false).map(([kind]) => kind);

function context(changes: Partial<MailContext> = {}): MailContext {
  return contextOf('confirm-email', {
    code: '048213',
    link: 'https://accounts.example.com/verify-email?token=a1-_&next=%2F',
    lifetime: '24 hours',
    device: 'Chrome on macOS',
    about: 'a passkey',
    ...changes,
  });
}

describe('mail templates', () => {
  it.each(SECRET)('renders %s as HTML and as text with code, link and lifetime', (kind) => {
    const { html, text } = adapter.render(kind, context());
    for (const version of [html, text]) {
      expect(version.includes('048213')).toBe(!LINK_ONLY.includes(kind));
      expect(version.includes('24 hours')).toBe(!WITHOUT_LIFETIME.includes(kind));
      expect(version).toContain('Ada');
    }
    expect(text).toContain('\nhttps://accounts.example.com/verify-email?token=a1-_&next=%2F\n');
    expect(html).toContain('href="https://accounts.example.com/verify-email?token&#x3D;a1-_&amp;next&#x3D;%2F"');
  });

  it.each(NOTICES)('renders %s as HTML and as text without any code or link', (kind) => {
    const { html, text } = adapter.render(kind, context());
    expect(html + text).not.toMatch(/048213|https?:|href=/);
    for (const version of [html, text]) expect(version).toContain('Ada');
  });

  it.each(['email-changed', 'unproven-email-changed', 'mobile-changed'])('states in %s the time, device and address', (kind) => {
    const { html, text } = adapter.render(kind, context());
    for (const version of [html, text]) {
      for (const fact of ['1 March 2026 at 09:30 UTC', 'Chrome on macOS', '192.0.2.7']) expect(version).toContain(fact);
    }
    expect(adapter.render(kind, context({ device: null, ip: null })).text).toMatch(/: 1 March 2026 at 09:30 UTC\n\n\S/);
  });

  it.each(['authenticator-added', 'authenticator-removed'])('says in %s what it was', (kind) => {
    const { html, text } = adapter.render(kind, context());
    for (const version of [html, text])
      expect(version).toMatch(/This was (?:added to|removed from) your account at Latchkey: a passkey\. /);
  });

  it.each([
    'password-changed',
    'password-locked',
    'authenticator-added',
    'authenticator-removed',
    'recovery-codes-made',
    'recovery-code-used',
    'second-factor-demanded',
    'second-factor-waived',
  ])('states in %s the time, and device and address if they are known', (kind) => {
    const full = adapter.render(kind, context());
    for (const version of [full.html, full.text]) {
      for (const fact of ['1 March 2026 at 09:30 UTC', 'Chrome on macOS', '192.0.2.7']) expect(version).toContain(fact);
    }
    const bare = adapter.render(kind, context({ device: null, ip: null }));
    expect(bare.html + bare.text).not.toMatch(/Device|IP address/);
    expect(bare.text).toMatch(/: 1 March 2026 at 09:30 UTC\n\n\S/);
  });

  it('supports light and dark mode and loads no external resources', () => {
    const { html } = adapter.render('confirm-email', context());
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toContain('@media (prefers-color-scheme: dark)');
    expect(html).not.toMatch(/<(?:img|script|link|iframe|form)\b|url\(|@import/i);
  });

  it('uses the brand colour, and the logo if mail programs can show it', () => {
    const { html } = adapter.render(
      'confirm-email',
      context(lookOf({ ...LOOK, BRAND_COLOR: '#ffd400', BRAND_LOGO_URL: 'https://cdn.test/logo.png' })),
    );
    expect(html).toMatch(/class="button"[^>]*background:#ffd400;color:#000000;/);
    expect(html).not.toContain('#3346d3');
    expect(html).toContain('<img src="https://cdn.test/logo.png" alt="Latchkey"');
    expect(html).not.toContain('class="tile"');
    const inline = adapter.render('confirm-email', context(lookOf({ ...LOOK, BRAND_LOGO_URL: 'data:image/png;base64,AAAA' })));
    expect(inline.html).not.toMatch(/<img|data:/);
    expect(inline.html).toMatch(/class="tile"[^>]*>L<\/td><td class="brand"[^>]*>Latchkey<\/td>/);
  });

  it('greets without a name if the account has none', () => {
    expect(adapter.render('confirm-email', context({ greetingName: null })).text).toMatch(/^Hello,$/m);
  });

  it('does not evaluate values, and escapes markup in HTML', () => {
    const { html, text } = adapter.render('confirm-email', context({ greetingName: '{{7*191}}', appName: '<img src=x>' }));
    expect(html).toContain('{{7*191}}');
    expect(html).toContain('&lt;img src&#x3D;x&gt;');
    expect(html).not.toContain('<img');
    expect(text).toContain('{{7*191}}');
    expect(html + text).not.toContain('1337');
  });

  it('has no markup in the text version', () => {
    expect(adapter.render('confirm-email', context()).text).not.toMatch(/[<>]|&\w+;/);
  });

  it('refuses to render if a value is missing', () => {
    expect(() => adapter.render('confirm-email', context({ code: null }))).not.toThrow();
    const { code: _, ...incomplete } = context();
    expect(() => adapter.render('confirm-email', incomplete as MailContext)).toThrow(/code/);
  });
});
