import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Identity of one process, distinct from a later process with the same number. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in a form that is only useful for comparison; `?` if the system does not provide it. */
  start: string;
}

const UNKNOWN_START = '?';

/** Fields of `/proc/<pid>/stat` after the parenthesised name: the state is the first, the start time the 20th (proc(5)). */
const STATE_FIELD = 0;
const START_FIELD = 19;

/** Start time of the live process `pid`, or null if there is none. A zombie counts as ended: in a container it may never be reaped. */
export function startOf(pid: number): string | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  if (process.platform === 'linux') return linuxStart(pid) ?? signalled(pid);
  if (signalled(pid) === null || process.platform === 'win32') return signalled(pid);
  return posixStart(pid);
}

/** The current process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: startOf(process.pid) ?? UNKNOWN_START };
}

/** Whether exactly this process is still running. */
export function isRunning({ pid, start }: ProcessIdentity): boolean {
  const now = startOf(pid);
  return now !== null && (now === start || now === UNKNOWN_START || start === UNKNOWN_START);
}

function linuxStart(pid: number): string | null | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[STATE_FIELD] === 'Z' || fields[STATE_FIELD] === 'X') return null;
    // The time counts from the boot, so the boot id is part of the identity.
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[START_FIELD]}`;
  } catch {
    return undefined; // gone, or hidden by the mount option hidepid
  }
}

function posixStart(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', PATH: '/bin:/usr/bin' },
    }).trim();
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '');
  } catch {
    return null;
  }
}

function signalled(pid: number): string | null {
  try {
    process.kill(pid, 0);
    return UNKNOWN_START;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? UNKNOWN_START : null;
  }
}
