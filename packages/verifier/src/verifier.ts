import type { AccessTokenClaims } from './claims.js';
import { EndedSessions } from './ended-sessions.js';
import { VerifierError, misconfigured, unavailable } from './errors.js';
import { type Requirements, demand } from './requirements.js';
import { RevocationFeed } from './revocation-feed.js';
import { Server, type ServerOptions } from './server.js';
import { SignatureCheck } from './signature.js';
import { Status } from './status.js';

export interface VerifierOptions {
  /** The server's `PUBLIC_URL`, which is the `iss` of its tokens; a slash at its end is ignored. */
  issuer: string;
  /** Id and secret of this backend in the server's `OAUTH_CLIENTS`. */
  clientId: string | undefined;
  clientSecret: string | undefined;
  /** Where this backend reaches the server, if that is not the issuer. */
  url?: string;
  /** Whom tokens are meant for. Default: the issuer, as Latchkey does it. */
  audience?: string;
  /** Called once for each problem, for as long as it lasts. Default: `console.error`. */
  onProblem?: (problem: VerifierError) => void;
  /**
   * Whether to follow the stream of ended sessions. With `false` the server is asked about each token: for runtimes where a connection does
   * not outlive a request. Default: true.
   */
  follow?: boolean;
  /** How many ended sessions are remembered; about older ones the server is asked. Default: 200,000, which take 30 MB. */
  maxEndedSessions?: number;
  /** Instead of the global `fetch`. */
  fetch?: typeof globalThis.fetch;
}

export interface Verifier {
  /**
   * Checks an access token: signature, issuer, audience, times, that its session has not ended, and what the route demands. Usually without
   * asking anybody; while the stream of ended sessions is silent the server is asked about each token, and without its answer none is
   * accepted.
   * @throws VerifierError
   */
  verify(token: string, requirements?: Requirements): Promise<AccessTokenClaims>;
  /**
   * Resolves once tokens can be checked. Await it at the start, to fail there.
   * @param timeoutSeconds how long to wait for a server that cannot be reached; 10 by default
   * @throws VerifierError `verifier.misconfigured` at once, `verifier.unavailable` after the time
   */
  ready(timeoutSeconds?: number): Promise<void>;
  /** Whether ended sessions are known as they end; false while the server is asked about each token. */
  readonly isFollowing: boolean;
  /** What is wrong at the moment, for a health check; null if all is well. */
  readonly problem: VerifierError | null;
  /** Ends the connection to the server. */
  close(): void;
}

const READY_SECONDS = 10;
const MAX_ENDED_SESSIONS = 200_000;

/**
 * Starts to follow the ended sessions; one verifier serves a whole process.
 * @throws VerifierError `verifier.misconfigured` if an option is missing or no URL
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { maxEndedSessions = MAX_ENDED_SESSIONS, onProblem = logProblem } = options;
  const target = targetOf(options);
  const status = new Status(onProblem);
  const server = new Server(target);
  const signature = new SignatureCheck(target, status);
  const ended = new EndedSessions(maxEndedSessions);
  const feed = options.follow === false ? undefined : new RevocationFeed(server, ended, status);

  /** @throws VerifierError unless the server says that the token is good at this moment */
  async function ask(token: string): Promise<void> {
    const isGood = await server.introspect(token).catch((problem: VerifierError) => {
      status.report(problem);
      throw problem;
    });
    status.resolve('introspection', ...(feed === undefined ? (['credentials', 'server'] as const) : []));
    if (!isGood) throw revoked();
  }

  return {
    async verify(token, requirements = {}) {
      // The stream finds out when it is mended; without one each request tries.
      if (feed !== undefined && status.misconfiguration !== undefined) throw status.misconfiguration;
      const claims = await signature.check(token);
      if (ended.has(claims.sid)) throw revoked();
      if (feed?.isCurrent !== true || !ended.covers(claims.iat)) await ask(token);
      demand(claims, requirements);
      return claims;
    },
    async ready(timeoutSeconds = READY_SECONDS) {
      if (feed === undefined) {
        await server.identify();
        await server.introspect('none');
      } else await following(feed, status, timeoutSeconds * 1_000);
      await signature.prepare();
    },
    get isFollowing() {
      return feed?.isCurrent === true;
    },
    get problem() {
      return status.problem;
    },
    close: () => feed?.close(),
  };
}

function revoked(): VerifierError {
  return new VerifierError('token.revoked', 'The session of this access token has ended.');
}

function targetOf(options: VerifierOptions): ServerOptions {
  const { clientId = '', clientSecret = '' } = options;
  const issuer = withoutSlash(options.issuer);
  const url = withoutSlash(options.url ?? issuer);
  for (const [name, value] of Object.entries({ issuer, url })) {
    if (!/^https?:$/.test(protocolOf(value))) throw misconfigured('server', `${name} has to be the URL of a server, and not "${value}".`);
  }
  if (clientId === '') throw misconfigured('credentials', 'clientId is missing: the id of this backend in OAUTH_CLIENTS.');
  if (clientSecret === '') throw misconfigured('credentials', 'clientSecret is missing: the secret of this backend in OAUTH_CLIENTS.');
  const fetch = options.fetch ?? ((...call: Parameters<typeof globalThis.fetch>) => globalThis.fetch(...call));
  return { issuer, url, audience: withoutSlash(options.audience ?? issuer), clientId, clientSecret, fetch };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

/** Waits until the stream has told all that is past. */
function following(feed: RevocationFeed, status: Status, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      stopWatching();
      settle();
    };
    const look = (): void => {
      const { misconfiguration } = status;
      if (misconfiguration !== undefined) end(() => reject(misconfiguration));
      else if (feed.isCurrent) end(resolve);
    };
    const timer = setTimeout(() => {
      const problem = status.problem ?? unavailable('stream', 'The stream of ended sessions has not begun yet.');
      end(() => reject(problem));
    }, timeoutMs);
    const stopWatching = status.watch(look);
    look();
  });
}

function logProblem(problem: VerifierError): void {
  // eslint-disable-next-line no-console -- who wants it elsewhere sets onProblem
  console.error(`@latchkey/verifier: ${problem.message} (${problem.code}, ${problem.reason})`);
}
