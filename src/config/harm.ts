import { readFileSync } from 'node:fs';
import type { SettingRows } from './load-settings.js';
import type { Settings } from './settings.js';

/** A setting, or a limit of the machine, with which the server runs, but not well. */
export interface Harm {
  finding: string;
  advice: string;
}

/** Clients at a time for which a node should have file descriptors left. */
const CLIENTS = 1_000;

/** File descriptors that the process opens without a client: files, pipes, listening sockets, mail, Redis. */
const OWN_FILES = 64;

/** Settings that can be read, and harm. Each declares what it finds. */
export function harmfulSettings(rows: SettingRows, settings: Settings): Harm[] {
  const all = settings as unknown as Record<string, unknown>;
  return Object.entries(rows).flatMap(([name, row]) => (all[name] === undefined ? [] : (row.harm?.(all[name], all) ?? [])));
}

/**
 * Whether the process may open enough files: each client and each connection to the database is one.
 * @param limits text of `/proc/self/limits`; undefined where the system has none, which counts as enough
 */
export function tooFewFiles(connections: number, limits = readLimits()): Harm[] {
  const [, limit] = /^Max open files\s+(\d+)/m.exec(limits ?? '') ?? [];
  const needed = connections + OWN_FILES + CLIENTS;
  if (limit === undefined || Number(limit) >= needed) return [];
  return [
    {
      finding: `the process may open ${limit} files; ${connections} connections to the database and ${CLIENTS} clients need ${needed}`,
      advice: 'raise the limit: LimitNOFILE= of systemd, ulimits.nofile of Compose, ulimit -n of a shell',
    },
  ];
}

function readLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}
