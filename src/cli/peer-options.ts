import type { Peer } from '../administration/transfer/peers/peer.js';
import { PEERS, PEER_NAMES, type PeerName } from '../administration/transfer/peers/peers.js';
import type { PeerForm } from '../administration/transfer/user-import.js';
import { UsageError, oneOf } from './arguments.js';

/** Options of `users import --from`: its own, and those of every peer under the names that the peer uses. */
export const PEER_OPTIONS = {
  from: { type: 'string' },
  keep: { type: 'string', multiple: true },
  'hash-key': { type: 'string' },
  'salt-separator': { type: 'string' },
  rounds: { type: 'string' },
  'mem-cost': { type: 'string' },
  'password-hashes': { type: 'string' },
  accounts: { type: 'string' },
  'mfa-factors': { type: 'string' },
  identities: { type: 'string' },
  provider: { type: 'string', multiple: true },
  'rp-id': { type: 'string' },
} as const;

/** Those that every peer takes. */
const FOR_ALL = ['keep', 'provider'];

/** The options as they were given. */
type Given = Readonly<Partial<Record<string, unknown>>> & {
  from?: string | undefined;
  keep?: string[] | undefined;
  provider?: string[] | undefined;
};

/**
 * The form of a peer's file; null without `--from`.
 * @throws UsageError naming every option that is missing, wrong or another peer's
 */
export function readPeerForm(verb: string, given: Given): PeerForm | null {
  const { from: name, keep, provider } = given;
  const ofPeers = Object.keys(PEER_OPTIONS).filter((option) => option !== 'from' && given[option] !== undefined);
  if (name === undefined) {
    if (ofPeers.length > 0) throw new UsageError(`${toNames(ofPeers)} needs --from.`);
    return null;
  }
  if (verb !== 'import') throw new UsageError('--from is for import.');
  const from = oneOf('--from', name, PEER_NAMES);
  if (given['format'] !== undefined || given['raw'] === true)
    throw new UsageError('--format and --raw are not for --from: the file says what it is.');
  return {
    from,
    options: readOptions(from, given, ofPeers),
    providers: readProviders(provider ?? []),
    keep: (keep ?? []).flatMap((each) => each.split(',')).map((each) => each.trim()),
  };
}

/** `NAME=SLUG` pairs, each name once. @throws UsageError */
function readProviders(pairs: readonly string[]): Record<string, string> {
  const read = new Map<string, string>();
  for (const pair of pairs.flatMap((each) => each.split(','))) {
    const [, name = '', slug = ''] = /^\s*([^=]+?)\s*=\s*([a-z][a-z\d-]*)\s*$/.exec(pair) ?? [];
    if (name === '')
      throw new UsageError(`--provider is NAME=SLUG, the peer's name of a provider and its slug here; ${JSON.stringify(pair)} is not.`);
    if (read.has(name)) throw new UsageError(`--provider names ${name} twice.`);
    read.set(name, slug);
  }
  return Object.fromEntries(read);
}

function readOptions(from: PeerName, given: Given, names: readonly string[]): Record<string, string> {
  const { options, name: peerName }: Peer = PEERS[from];
  const foreign = names.filter((name) => !FOR_ALL.includes(name) && !Object.hasOwn(options, name));
  if (foreign.length > 0) throw new UsageError(`${toNames(foreign)} is not for ${peerName}.`);
  const faults: string[] = [];
  const read: Record<string, string> = {};
  for (const [name, { needed, help, faultOf }] of Object.entries(options)) {
    const value = given[name] as string | undefined;
    const fault = value === undefined ? (needed ? `is missing: ${help}.` : null) : (faultOf?.(value) ?? null);
    if (fault !== null) faults.push(`--${name}: ${fault}`);
    if (value !== undefined) read[name] = value;
  }
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  return read;
}

function toNames(options: readonly string[]): string {
  return options.map((option) => `--${option}`).join(', ');
}
