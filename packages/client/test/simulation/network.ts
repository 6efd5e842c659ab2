import type { BrowserModel } from './browser.js';
import { type Reply, type ServerModel, read } from './server.js';
import type { Owner, World } from './world.js';

/** How requests fare. */
export interface Line {
  isGood: boolean;
  /** Answers that were lost. */
  lost: number;
  /** Answers of something on the way, which let nothing through. */
  foreign: number;
}

interface Written {
  status: number;
  text: string;
}

/** No empty 204: in cookie mode it is the server's own word for nobody. */
const FOREIGN: Written[] = [
  { status: 401, text: '<h1>Who are you?</h1>' },
  { status: 200, text: '<h1>Sign in to the Wi-Fi</h1>' },
  { status: 200, text: '{"message":"We are down for maintenance"}' },
  { status: 200, text: 'null' },
];

/**
 * The `fetch` of a tab. A request arrives at once or never; its answer comes late, too late, or never. The browser takes its cookie a moment
 * before the page gets it, and the page may be closed in between.
 */
export function fetchOf(tab: Owner, world: World, browser: BrowserModel, server: ServerModel, line: Line): typeof globalThis.fetch {
  return (input, init) =>
    new Promise((resolve, reject) => {
      const fail = (ms: number): void => void world.after(ms, () => reject(new TypeError('fetch failed')), tab);
      if (!line.isGood && world.random() < 0.08) return fail(world.between(0, 2_000));
      if (!line.isGood && world.random() < 0.04) {
        line.foreign += 1;
        const answer = toResponse(FOREIGN[Math.floor(world.random() * FOREIGN.length)] ?? { status: 502, text: '' });
        return void world.after(world.between(10, 400), () => resolve(answer), tab);
      }
      const authorization = new Headers(init?.headers).get('authorization');
      const reply = server.handle({
        method: String(init?.method),
        path: new URL(input as string).pathname,
        token: authorization?.slice('Bearer '.length),
        cookie: init?.credentials === 'include' ? browser.cookie : undefined,
        body: typeof init?.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {},
      });
      const fate = line.isGood ? 1 : world.random();
      if (fate < 0.12) {
        line.lost += 1;
        // Half of them are never heard of again: the client's own deadline ends them.
        return fate < 0.06 ? undefined : fail(world.between(0, 2_000));
      }
      world.after(
        fate < 0.2 ? world.between(5_000, 13_000) : world.between(10, 400),
        () => {
          if (init?.signal?.aborted === true || tab.isClosed) return;
          if (init?.credentials === 'include' && reply.cookie !== undefined && !isTooLate(reply.cookie, browser))
            browser.cookie = reply.cookie === '' ? undefined : reply.cookie;
          world.after(world.between(0, 30), () => resolve(toResponse(written(reply))), tab);
        },
        null,
      );
      return undefined;
    });
}

/** Whether a cookie comes two refreshes late, as it can without locks: what becomes of that is a limit that the README states. */
function isTooLate(sent: string, { cookie, traits }: BrowserModel): boolean {
  if (traits.hasLocks || sent === '' || cookie === undefined) return false;
  const [late, present] = [read(sent), read(cookie)];
  return late.session === present.session && late.counter < present.counter - 1;
}

/** What the client reads of a response; a real one takes turns of the event loop of its own. */
function toResponse({ status, text }: Written): Response {
  return { ok: status < 300, status, headers: new Headers(), text: async () => text } as Response;
}

function written({ status, body }: Reply): Written {
  return { status, text: body === undefined ? '' : JSON.stringify(body) };
}
