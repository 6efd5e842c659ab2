import { isIPv6 } from 'node:net';

/** Hex groups of an IPv6 address that are one network at least: a /64 (RFC 4291 §2.5.4). */
const NETWORK_GROUPS = 4;

/**
 * The network under which an address counts: an IPv4 address itself, an IPv6 address by its /64, in any spelling. IPv4-mapped IPv6
 * addresses (RFC 4291 §2.5.5.2) count as the IPv4 address.
 */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(ip)) return ip;
  // The URL parser normalises every spelling of an address (RFC 5952).
  const canonical = new URL(`http://[${ip.split('%', 1)[0]}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  if (left.length === 0 && right.length === 3 && right[0] === 'ffff') return mappedFromHex(right);
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill('0');
  return `${[...left, ...zeros, ...right].slice(0, NETWORK_GROUPS).join(':')}::/64`;
}

/**
 * The networks that an address is in, from the widest that one customer may control to the narrowest: for IPv6 the /48, the /56 and the /64
 * (RFC 6177), for IPv4 the address. Whoever has a /48 can use a fresh /64 for each request.
 */
export function networkTiers(ip: string): [string, ...string[]] {
  const network = networkOf(ip);
  const [first, second, third, fourth] = /^(\S+)::\/64$/.exec(network)?.[1]?.split(':') ?? [];
  if (fourth === undefined) return [network];
  const site = `${first}:${second}:${third}`;
  return [`${site}::/48`, `${site}:${fourth.padStart(4, '0').slice(0, 2)}00::/56`, network];
}

/** The network of one customer: an IPv4 address, or the /56 of an IPv6 address, which many providers give to each (RIPE-690 §4.2). */
export function customerOf(ip: string): string {
  const tiers = networkTiers(ip);
  return tiers.at(-2) ?? tiers[0];
}

function mappedFromHex([, high = '0', low = '0']: string[]): string {
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => Math.floor(bits / 2 ** shift) % 256).join('.');
}
