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

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  if (address.isIPv4MappedAddress()) return isPublic(address.toIPv4Address());
  if (address.match(NAT64)) return isPublic(new ipaddr.IPv4(address.toByteArray().slice(-4)));
  return address.match(GLOBAL_UNICAST) && address.range() === 'unicast';
}
