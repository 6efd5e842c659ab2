import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import type { MailKind } from '../../../src/common/declared.js';
import { TEMPLATES, contextOf } from '../../support/written-mails.js';

const LINK = 'https://accounts.example.com/account/some-page?token=AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4v';
const ROWS = [...CATALOGUE.mails];
const LINKED = ROWS.filter(([, { notMe }]) => typeof notMe === 'string').map(([kind]) => kind);

/**
 * Mails to whose reader "This wasn't me" is not offered. Another one belongs here only if nothing has happened to an account when it is sent,
 * or if its reader need not be the owner; its row says which.
 */
const WITHOUT = [
  'confirm-email',
  'confirm-new-email',
  'delete-account',
  'email-already-registered',
  'invitation',
  'reset-due',
  'reset-password',
  'sign-in-code',
  'sign-up-code',
  'unproven-email-changed',
  'webhook-disabled',
];

function render(kind: MailKind, link: string | null): { html: string; text: string } {
  return TEMPLATES.render(kind, contextOf(kind, { code: null, link, lifetime: link === null ? null : '7 days', device: null, ip: null }));
}

/** What somebody reads, without the breaks of lines and the marks of another alphabet. */
const words = (text: string): string => text.replaceAll('’', "'").replaceAll(/\s+/g, ' ');

describe('"This wasn\'t me"', () => {
  it('is in every mail but those that were thought through, each with its reason', () => {
    const without = ROWS.flatMap(([kind, { notMe }]) => (typeof notMe === 'string' ? [] : [{ kind, reason: notMe.without }]));
    expect(without.map(({ kind }) => kind).toSorted()).toEqual(WITHOUT);
    for (const { reason } of without) expect(reason).toMatch(/^[A-Z][^]{30,}\.$/);
  });

  it('is said by a link whose purpose has a page', () => {
    for (const purpose of new Set(ROWS.map(([, { notMe }]) => notMe).filter((notMe) => typeof notMe === 'string'))) {
      expect(CATALOGUE.purposes).toHaveProperty([purpose, 'page'], expect.stringMatching(/^\/account\//));
    }
  });

  it('has a link of its own in every notice to owners', () => {
    for (const [kind, { carriesSecrets, notMe }] of ROWS)
      expect([kind, notMe === 'disavow']).toEqual([kind, carriesSecrets === 'to-owners']);
  });

  it.each(LINKED)('is offered in %s, with the same link as HTML and as text', (kind) => {
    const { html, text } = render(kind, LINK);
    expect(html).toContain(`href="${LINK.replaceAll('=', '&#x3D;')}"`);
    expect(text.split('\n')).toContain(LINK);
    const offer = /This wasn't me|Not your password\?/;
    for (const version of [html, text]) expect(words(version)).toMatch(offer);
  });

  it.each(LINKED.filter((kind) => CATALOGUE.mails.get(kind)?.carriesSecrets === 'to-owners'))(
    'is not offered in %s where nobody has proven the address; the mail says what else to do',
    (kind) => {
      const { html, text } = render(kind, null);
      for (const version of [html, text]) {
        expect(words(version)).not.toMatch(/This wasn't me|https?:|href=/);
        expect(words(version)).toContain('Forgot password');
      }
      expect(text).not.toMatch(/\n\n\n/);
    },
  );

  it.each(LINKED.filter((kind) => CATALOGUE.mails.get(kind)?.carriesSecrets === 'to-owners'))('reads well in %s', (kind) => {
    const { html, text } = render(kind, LINK);
    for (const version of [html, text]) expect(words(version)).not.toMatch(/ {2}|\.\.|,\.| ,/);
    expect(text).not.toMatch(/\n\n\n/);
  });
});
