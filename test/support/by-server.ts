import { readFileSync } from 'node:fs';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where a test file takes a server that others share, and with which settings. */
const SHARED = /\b(?:sharedApp|startContracts)\([^)]*\)/;

/**
 * Files that share a server come one after the other, so that few servers wait for a later file: a start takes a second, and one that waits
 * goes on with its heartbeats. Those with servers of their own are first, those of the server that most files share are last.
 */
export class ByServer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const servers = new Map(sorted.map((file) => [file, serverOf(file)]));
    const users = new Map<string, number>();
    for (const server of servers.values()) users.set(server, (users.get(server) ?? 0) + 1);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    const places = new Map(
      sorted.map((file) => {
        const server = servers.get(file) ?? '';
        return [file, [projects.indexOf(file.project), server === '' ? 0 : Number(users.get(server)), server] as const];
      }),
    );
    return sorted.toSorted((a, b) => compare(places.get(a), places.get(b)));
  }
}

function serverOf({ moduleId }: TestSpecification): string {
  return SHARED.exec(readFileSync(moduleId, 'utf8'))?.[0] ?? '';
}

type Place = readonly [project: number, users: number, server: string];

function compare(a: Place = [0, 0, ''], b: Place = [0, 0, '']): number {
  return a[0] - b[0] || a[1] - b[1] || (a[2] < b[2] ? -1 : Number(a[2] > b[2]));
}
