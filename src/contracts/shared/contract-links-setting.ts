import type { Setting } from '../../common/capability.js';
import { list } from '../../config/setting.js';
import { CONTRACT_SLUGS, MAILED_TOKENS } from './contract-slugs.js';

/** A contract whose document has a token that comes by mail. */
type LinkedSlug = keyof typeof MAILED_TOKENS;

/** The URL before the token, by contract. */
type ContractLinkPrefixes = ReadonlyMap<LinkedSlug, string>;

const LINKED = Object.keys(MAILED_TOKENS) as LinkedSlug[];

/** Hosts that never leave the machine (RFC 6761 §6.3, RFC 5735 §3, RFC 4291 §2.5.3). */
const LOOPBACK = /^(?:(?:[\w-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** The end of a prefix after which a token of letters, digits, `-` and `_` reads as a token. */
const ENDS_BEFORE_TOKEN = /[=/#?&:;.~_-]$/;

/** Comma-separated `slug=prefix` pairs: links of the contract's mails are the prefix with the token appended. */
export function contractLinks(options: Pick<Setting<ContractLinkPrefixes>, 'doc' | 'example'>): Setting<ContractLinkPrefixes> {
  return {
    ...options,
    default: new Map(),
    parse(value) {
      const entries = list({ doc: '' })
        .parse(value)
        .map((entry) => ({ entry, ...split(entry) }));
      const wrong = entries.flatMap(({ entry, slug, prefix }, index) => {
        const isAgain = entries.findIndex((other) => other.slug === slug) < index;
        const problem = problemOfSlug(slug) ?? (isAgain ? `${slug} has a link already` : problemOfPrefix(prefix));
        return problem === null ? [] : [`${entry}: ${problem}`];
      });
      if (wrong.length > 0) throw new Error(`a list such as user-spec=https://app.example.com/reset?token= (${wrong.join('; ')})`);
      return new Map(entries.map(({ slug, prefix }) => [slug as LinkedSlug, prefix]));
    },
    show: (links) => [...links].map(([slug, prefix]) => `${slug}=${prefix}`).join(','),
  };
}

function split(entry: string): { slug: string; prefix: string } {
  const [slug = '', ...rest] = entry.split('=');
  return { slug: slug.trim(), prefix: rest.join('=').trim() };
}

function problemOfSlug(slug: string): string | null {
  if ((LINKED as string[]).includes(slug)) return null;
  const linked = LINKED.join(', ');
  return (CONTRACT_SLUGS as readonly string[]).includes(slug)
    ? `the document of ${slug} has no token that comes by mail, only that of ${linked} has one`
    : `it begins with no contract that mails a token: ${linked}`;
}

function problemOfPrefix(prefix: string): string | null {
  const url = URL.canParse(prefix) ? new URL(prefix) : null;
  if (url === null) return 'no URL';
  const { protocol, hostname, username, password, href } = url;
  if (protocol !== 'https:' && !(protocol === 'http:' && LOOPBACK.test(hostname))) return 'https:// is needed, or http:// on this machine';
  if (username !== '' || password !== '') return 'a link must not contain a name or password';
  if (href !== prefix) return `write it as browsers do: ${href}`;
  return ENDS_BEFORE_TOKEN.test(prefix) ? null : 'the token is appended to it, so it must end in a sign such as = or /';
}
