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
    const projects = [...new Set(sorted.map(({ project }) => project))];
    const placed = sorted.map((file) => ({ file, project: projects.indexOf(file.project), server: serverOf(file) }));
    const sharing = (server: string): number => (server === '' ? 0 : placed.filter((each) => each.server === server).length);
    return placed
      .toSorted((a, b) => a.project - b.project || sharing(a.server) - sharing(b.server) || a.server.localeCompare(b.server))
      .map(({ file }) => file);
  }
}

/** What stands in the file, or nothing. */
function serverOf({ moduleId }: TestSpecification): string {
  return SHARED.exec(readFileSync(moduleId, 'utf8'))?.[0] ?? '';
}
