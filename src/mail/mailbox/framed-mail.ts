import type { FastifyRequest } from 'fastify';
import { logoSource } from '../../look/logo.js';
import { PAGE_HEADERS, policyOf } from '../../look/page-parts.js';
import type { Page } from '../../look/page-renderer.js';

/** Content security policy, by directive. */
export type Policy = Readonly<Record<string, string>>;

/** Links open in a new tab outside the sandbox; the sandbox blocks scripts, forms and access to the surrounding page. */
export const SANDBOX = 'allow-popups allow-popups-to-escape-sandbox';

const HEADERS = { ...PAGE_HEADERS, 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' };

/** A page in development with its headers. */
export function toPage(html: string, policy: Policy): Page {
  return { html, headers: { ...HEADERS, 'content-security-policy': policyOf(policy) } };
}

/** A mail's own HTML, for the frame in a page of this server. @param logo `BRAND_LOGO_URL` */
export function framedMail(html: string, logo: string | undefined): Page {
  return toPage(openLinksInNewTabs(html), {
    sandbox: SANDBOX,
    'default-src': "'none'",
    'style-src': "'unsafe-inline'",
    'img-src': `data:${logoSource(logo)}`,
    'font-src': 'data:',
    'form-action': "'none'",
    'frame-ancestors': "'self'",
  });
}

/**
 * The link from the requested page to `/dev/mail`. Relative, because the page is reached both directly and below a path that a proxy strips.
 */
export function mailboxFrom({ url }: Pick<FastifyRequest, 'url'>): string {
  const [path = ''] = url.split('?', 1);
  const [, below = ''] = /^\/+[^/]+\/+[^/]+(.*)$/.exec(path) ?? [];
  return `${'../'.repeat(below.split('/').length - 1)}mail`;
}

/** A frame without `allow-top-navigation` would open links in itself. */
function openLinksInNewTabs(html: string): string {
  const base = '<base target="_blank">';
  return /<head[^>]*>/i.test(html) ? html.replace(/<head[^>]*>/i, (head) => head + base) : base + html;
}
