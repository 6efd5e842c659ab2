// The people of the soak: who is there, how often they do what, and what they are answered.
import { randomInt } from 'node:crypto';
import { Agent } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { call } from '../stage.mjs';
import { ACTS } from './acts.mjs';
import { Mails } from './mails.mjs';
import { pictures } from './pictures.mjs';

/** Above that, somebody closes the app without a sign-out for everybody who comes. */
const MAX_PRESENT = 1_000;
/** So many people are signed in when the load begins. */
const FIRST_PRESENT = 20;
const FIRST_LANES = 2;
/** Access tokens live for 15 min; an app renews them earlier. */
const RENEW_AFTER_MS = 600_000;
/** More requests at a time would measure the queue of this process. */
const MAX_IN_FLIGHT = 100;
const TICK_MS = 10;

export class Crowd {
  mails = new Mails();
  /** People who are signed in and do nothing at the moment. */
  present = [];
  sent = 0;
  inFlight = 0;
  /** How often an act had to wait because too many were in flight. */
  held = 0;
  /** Answers that are not the expected ones. */
  wrong = [];
  /** Duration of every answer by act, ms. */
  times = new Map();
  /** Since the last sample: number of answers by status, and their durations, ms. */
  recent = { statuses: {}, times: [] };

  /** Signs the first people in. @param people who may take part, each with `email` */
  async gather(port, people, password, admin) {
    this.port = port;
    this.agent = new Agent({ keepAlive: true });
    this.people = people;
    this.password = password;
    this.pictures = await pictures();
    this.admin = { ...admin, ip: address() };
    await ACTS['sign in'].act(this, this.admin);
    const first = Array.from({ length: FIRST_LANES }, async () => {
      while (this.present.length < FIRST_PRESENT) {
        const person = this.arrive();
        await ACTS['sign in'].act(this, person);
        if (person.accessToken === undefined) throw new Error(`Nobody can sign in: ${this.wrong.at(-1)}`);
        this.present.push(person);
      }
    });
    await Promise.all(first);
    this.times.clear();
    this.sent = 0;
  }

  /** Sends `rate` requests a second for so many seconds, and takes a sample now and then. */
  async live(seconds, rate, sampler) {
    const startedAt = performance.now();
    const elapsed = () => (performance.now() - startedAt) / 1_000;
    const stepSeconds = sampler.stepSeconds(seconds);
    const sampling = (async () => {
      for (let at = 0; at <= seconds; at += stepSeconds) {
        await wait(Math.max(0, (at - elapsed()) * 1_000));
        await sampler.take(elapsed());
      }
    })();
    sampling.catch(() => {});
    const underWay = new Set();
    while (elapsed() < seconds) {
      while (this.sent < elapsed() * rate) {
        if (this.inFlight >= MAX_IN_FLIGHT) {
          this.held += 1;
          break;
        }
        const act = this.act().finally(() => underWay.delete(act));
        underWay.add(act);
      }
      await wait(TICK_MS);
    }
    await Promise.all([sampling, ...underWay]);
  }

  /** One act of somebody. An act begins with a request, at once. */
  async act() {
    const chosen = choose();
    const { from } = chosen;
    const person = from === 'office' ? this.admin : from === 'present' ? (this.take() ?? this.arrive()) : this.arrive();
    try {
      if (from === 'outside') await chosen.act(this, person);
      else if (person.accessToken === undefined) await ACTS['sign in'].act(this, person);
      else if (performance.now() - person.renewedAt > RENEW_AFTER_MS) await ACTS.refresh.act(this, person);
      else await chosen.act(this, person);
    } catch (error) {
      this.wrong.push(`${chosen.name}: ${error.message}`);
    }
    if (person === this.admin) return;
    if (person.accessToken === undefined) this.leave(person);
    else this.present.push(person);
    if (this.present.length > MAX_PRESENT) this.leave(this.take());
  }

  /** Somebody of the accounts who is not there yet. */
  arrive() {
    for (;;) {
      const account = this.people[randomInt(this.people.length)];
      if (account.isThere) continue;
      account.isThere = true;
      return { account, identifier: account.email, password: account.password ?? this.password, ip: address() };
    }
  }

  leave({ account }) {
    account.isThere = false;
  }

  /** Somebody who is there: only one act at a time. */
  take() {
    return this.present.splice(randomInt(Math.max(1, this.present.length)), 1)[0];
  }

  /** One request of a person; an answer without the expected status is noted. @returns the body, or undefined after such an answer */
  async send(act, person, [method, path, options = {}], expected = 200) {
    this.sent += 1;
    this.inFlight += 1;
    let answer;
    const startedAt = performance.now();
    try {
      const headers = { ...options.headers, 'x-forwarded-for': person.ip };
      answer = await call(this.port, method, path, { token: person.accessToken, ...options, headers, agent: this.agent });
    } catch (error) {
      answer = { status: 0, body: { code: error.code ?? error.message }, ms: performance.now() - startedAt };
    }
    this.inFlight -= 1;
    this.note(act, answer);
    if (answer.status === expected) return answer.body;
    this.wrong.push(`${act}: ${answer.status} ${answer.body?.code ?? ''}`);
    return undefined;
  }

  note(act, { status, ms }) {
    if (!this.times.has(act)) this.times.set(act, []);
    this.times.get(act).push(ms);
    this.recent.statuses[status] = (this.recent.statuses[status] ?? 0) + 1;
    this.recent.times.push(ms);
  }

  /** What was answered since the last call. */
  drain() {
    const { recent } = this;
    this.recent = { statuses: {}, times: [] };
    return recent;
  }
}

const SHARES = Object.entries(ACTS).map(([name, each]) => ({ name, from: 'present', ...each }));
const TOTAL = SHARES.reduce((sum, { share }) => sum + share, 0);

function choose() {
  let at = randomInt(TOTAL);
  return SHARES.find(({ share }) => (at -= share) < 0);
}

/** An IPv4 address: each person has a network of their own, so that rate limits count as they do in production. */
function address() {
  return `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
}
