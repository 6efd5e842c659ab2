import { createRequire } from 'node:module';

/** What separates the labels of a domain: the full stop, and those of Chinese and Japanese keyboards (UTS 46 §2.3). */
const FULL_STOPS = /[\u3002\uFF0E\uFF61]/g;

/**
 * What a domain is written with: letters, marks and digits of any script, hyphens, full stops, and the two joiners, which are part of words
 * in Persian and some Indic scripts. Keeps out symbols, and what UTS 46 would drop silently, such as soft hyphens.
 */
const WRITTEN_DOMAIN = /^[\p{L}\p{M}\p{N}\u200C-\u200D.-]+$/u;

/** Labels that need the tables of Unicode: those beyond ASCII, and those that stand for them. */
const NEEDS_TABLES = /[^\0-\x7F]|(?:^|\.)xn--/i;

/** Longest domain that is looked at, characters as written; in ASCII a domain has at most 253 (RFC 1035 §2.3.4). */
const MAX_DOMAIN_CHARS = 254;

type Idna = { toASCII(domain: string, options: Readonly<Record<string, boolean>>): string | null };

let idna: Idna | undefined;

/** Most domains are plain ASCII, so the tables (1.6 MB, 10 ms) are read with the first one that is not. */
function loadIdna(): Idna {
  idna ??= createRequire(import.meta.url)('tr46') as Idna;
  return idna;
}

/**
 * UTS 46, non-transitional (`ß` and the joiners stay). Labels that arrive as `xn--…` are decoded and checked like others. Hyphens in third
 * and fourth place are let through, as in `r3---sn.example`, which names servers that exist.
 */
const OPTIONS = { checkBidi: true, checkJoiners: true, checkHyphens: false, useSTD3ASCIIRules: true, verifyDNSLength: true };

/**
 * A domain in ASCII and lower case: one form for all its spellings. The tables belong to the package, not to Node.js, whose releases
 * disagree: what one of them stores another would not find.
 * @returns null for what is no domain by UTS 46; other ASCII text is only lower-cased
 */
export function toAsciiDomain(written: string): string | null {
  if (written.length > MAX_DOMAIN_CHARS) return null;
  if (!NEEDS_TABLES.test(written)) return written.toLowerCase();
  const dotted = written.replaceAll(FULL_STOPS, '.');
  return WRITTEN_DOMAIN.test(dotted) ? loadIdna().toASCII(dotted, OPTIONS) : null;
}
