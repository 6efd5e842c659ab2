// Sends requests to servers that are being killed, and notes what their answers promise.
import { setTimeout as wait } from 'node:timers/promises';
import { Agent } from 'node:http';
import { call } from '../stage.mjs';

/** Between two tries of one request, ms. */
const PAUSE_MS = 100;
/** Longer than any outage of a storm, on a busy machine too. */
const PATIENCE_SECONDS = 180;

/** What an answer with 503 says about the act. */
const OUTCOMES = { 'server.unavailable': 'nothing', 'server.busy': 'nothing', 'server.outcome_unknown': 'unknown' };

export class Caller {
  turn = 0;
  /** Answers that a promise forbids. */
  wrong = [];
  counts = new Map();

  /** @param nodes all servers; each try goes to the next one */
  constructor(nodes) {
    this.nodes = nodes;
    this.agent = new Agent({ keepAlive: true });
  }

  /** One try. @returns the answer, with `outcome`: `done` (2xx), `refused` (other expected answers), `nothing` or `unknown` */
  async try(method, path, options) {
    const node = this.nodes[(this.turn += 1) % this.nodes.length];
    let answer;
    try {
      answer = await call(node.port, method, path, { ...options, agent: this.agent });
    } catch (error) {
      // A server that was not reached has done nothing; one that was killed in the middle may have.
      const outcome = error.code === 'ECONNREFUSED' ? 'nothing' : 'unknown';
      this.count(`no answer (${error.code ?? error.message})`);
      return { status: 0, body: {}, outcome };
    }
    this.count(answer.status >= 500 ? `${answer.status} ${answer.body.code}` : `${answer.status}`);
    if (answer.status < 300) return { ...answer, outcome: 'done' };
    if (answer.status < 500) return { ...answer, outcome: 'refused' };
    if (answer.status !== 503 || !(Number(answer.headers['retry-after']) > 0))
      this.wrong.push(`${method} ${path}: ${answer.status} ${answer.body.code} (${answer.body.requestId})`);
    return { ...answer, outcome: OUTCOMES[answer.body.code] ?? 'unknown' };
  }

  /** Tries until a server has answered with anything but 5xx. @param onFailure called with each other outcome */
  async send(method, path, options, onFailure = () => {}) {
    const end = performance.now() + PATIENCE_SECONDS * 1_000;
    for (;;) {
      const answer = await this.try(method, path, options);
      if (answer.outcome === 'done' || answer.outcome === 'refused') return answer;
      onFailure(answer);
      if (performance.now() > end) throw new Error(`${method} ${path} got no answer for ${PATIENCE_SECONDS} s (last: ${answer.status})`);
      await wait(PAUSE_MS);
    }
  }

  count(what) {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** Answers by status on one line. */
  get summary() {
    return [...this.counts]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([what, times]) => `${times} × ${what}`)
      .join(', ');
  }
}
