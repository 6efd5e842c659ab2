import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Headers of every page. The URL may contain a token, and the page an e-mail address or a code. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
} as const;

/** A template, style sheet or script, as text. */
export function readAsset(folder: string, name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

/** The source by which a content security policy allows an inline style sheet or script (CSP Level 3, §2.3.1). */
export function hashOf(inline: string): string {
  return `'sha256-${createHash('sha256').update(inline).digest('base64')}'`;
}

/** A content security policy of these directives, in their order. */
export function policyOf(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ');
}
