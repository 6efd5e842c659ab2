import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** IPv6 addresses that are routed between networks (RFC 4291 §2.4, IANA); everything else is reserved or local. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');

/** Translators of the well-known prefix reach the IPv4 address in the last 32 bits (RFC 6052 §2.1). */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * Whether an address belongs to the public internet. Everything that is not plainly so is not: loopback, private, link-local with the
 * metadata services of clouds, carrier-grade NAT, documentation, multicast, tunnels (6to4, Teredo) and IPv4 in IPv6 of an address that is
 * not public itself.
 */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) only exists for addresses of one link.
  if (isIP(address) === 0 || address.includes('%')) return false;
  return isPublic(ipaddr.parse(address));
}

/** Ends of names that lead to this machine or network and nowhere else (RFC 6761 §6.3, RFC 6762 §3, RFC 8375; `internal`: ICANN, 2024). */
const LOCAL_ENDS = ['localhost', 'local', 'home.arpa', 'internal'];

/** Whether a name is one of this machine or network, whatever it resolves to: also one without a dot, as only search lists complete them. */
export function isLocalName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return !name.includes('.') || LOCAL_ENDS.some((end) => name.endsWith(`.${end}`));
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  if (address.isIPv4MappedAddress()) return isPublic(address.toIPv4Address());
  if (address.match(NAT64)) return isPublic(new ipaddr.IPv4(address.toByteArray().slice(-4)));
  return address.match(GLOBAL_UNICAST) && address.range() === 'unicast';
}
