import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';

/** Patience with a DNS server, which doubles with the second try, ms. */
const TIMEOUT_MS = 3_000;
const TRIES = 2;

/**
 * The addresses of a name in DNS. `dns.lookup` would run in one of two threads of the whole process: a few names whose servers are silent,
 * as whoever owns a name can arrange, would hold up every other lookup, those of the database and of the mail server among them.
 * @throws Error with the code of the failure, if the name has neither an IPv4 nor an IPv6 address
 */
export async function addressesInDns(hostname: string): Promise<LookupAddress[]> {
  // One of its own knows the servers that the machine has now.
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
  const [four, six] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
  const found = [...addressesIn(four, 4), ...addressesIn(six, 6)];
  if (found.length === 0 && four.status === 'rejected') throw four.reason;
  return found;
}

function addressesIn(answer: PromiseSettledResult<string[]>, family: 4 | 6): LookupAddress[] {
  return answer.status === 'fulfilled' ? answer.value.map((address) => ({ address, family })) : [];
}
