import { createRequire } from 'node:module';
import type { Cluster, Redis, RedisOptions } from 'ioredis';
import { eachHost, parameterOf } from '../config/hosts.js';

/** Maximum wait for the handshake of a new connection, ms; no request waits for it. */
const HANDSHAKE_MS = 1_000;
/** Maximum pause between two attempts to reconnect to Redis, ms. */
const MAX_RECONNECT_MS = 2_000;
/** How often a cluster's client reads which server has which slots, ms; it also does after each refusal of a server that lost them. */
const SLOTS_MS = 5_000;

/** Usual port of Sentinel. Source: Redis documentation, "High availability with Redis Sentinel". */
const SENTINEL_PORT = 26_379;
const REDIS_PORT = 6_379;

const PARAMETERS = ['sentinel', 'sentinel_password', 'cluster'];

/** What is wrong with a `REDIS_URL`; empty if nothing is. */
export function problemsOfRedisUrl(url: string): string[] {
  const [sentinel, password, cluster] = PARAMETERS.map((name) => parameterOf(url, name));
  const says = (what: string): string[] => [`REDIS_URL must ${what}`];
  if (sentinel !== null && cluster !== null) return says('have one of the parameters sentinel and cluster');
  if (cluster !== null && cluster !== 'true') return says('have cluster=true or no such parameter');
  if (sentinel === '') return says('name the master of the sentinels, such as sentinel=mymaster');
  if (password !== null && sentinel === null) return says('have sentinel_password only beside sentinel');
  if (eachHost(url).length > 1 && sentinel === null && cluster === null)
    return says('have sentinel=NAME or cluster=true if it names several hosts');
  return [];
}

/**
 * Connects to the Redis of a `REDIS_URL`: one server; with `sentinel=NAME` the master that the named Sentinels report; with `cluster=true`
 * the cluster that the named servers belong to.
 */
export function openRedis(url: string): Redis | Cluster {
  // Loaded only if Redis is configured.
  const library = createRequire(import.meta.url)('ioredis') as typeof import('ioredis');
  const retry = (attempt: number): number => Math.min(attempt * 100, MAX_RECONNECT_MS);
  const [sentinel, sentinelPassword, cluster] = PARAMETERS.map((name) => parameterOf(url, name));
  // A request never waits for Redis to come back: the local count takes over at once.
  const options = { maxRetriesPerRequest: 0, commandTimeout: HANDSHAKE_MS, connectTimeout: HANDSHAKE_MS };
  const alone = { ...options, enableOfflineQueue: false, retryStrategy: retry };
  if (typeof sentinel === 'string') {
    const login = sentinelPassword === null ? {} : { sentinelPassword };
    const master = { name: sentinel, sentinels: addresses(url, SENTINEL_PORT), sentinelRetryStrategy: retry };
    // One for the connection to the master, the other for those to the Sentinels.
    const tls = isTls(url) ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {};
    return new library.Redis({ ...alone, ...loginOf(url), ...master, ...login, ...tls });
  }
  if (cluster !== 'true') return new library.Redis(url, alone);
  return new library.Cluster(addresses(url, REDIS_PORT), {
    enableOfflineQueue: false,
    clusterRetryStrategy: retry,
    slotsRefreshInterval: SLOTS_MS,
    // Without names of its own, a certificate is checked against the address that the cluster reports.
    redisOptions: { ...options, ...loginOf(url) },
  });
}

/** The connections to single servers. */
export function connectionsOf(redis: Redis | Cluster): Redis[] {
  return redis.isCluster ? (redis as Cluster).nodes('all') : [redis as Redis];
}

function addresses(url: string, usualPort: number): { host: string; port: number }[] {
  return eachHost(url).map((each) => {
    const { hostname, port } = new URL(each);
    // A URL has IPv6 addresses in brackets.
    return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? usualPort : Number(port) };
  });
}

/** User, password, number of the database and TLS, for the servers that hold the data. */
function loginOf(url: string): RedisOptions {
  const { username, password, pathname } = new URL(eachHost(url)[0] ?? '');
  const [user, secret] = [username, password].map(decodeURIComponent);
  const db = Number(pathname.slice(1));
  return {
    ...(user === '' ? {} : { username: user }),
    ...(secret === '' ? {} : { password: secret }),
    ...(db > 0 ? { db } : {}),
    ...(isTls(url) ? { tls: {} } : {}),
  };
}

function isTls(url: string): boolean {
  return url.startsWith('rediss:');
}
