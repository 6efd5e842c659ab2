import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface Lock {
  packages: Record<string, { resolved?: string; integrity?: string; link?: boolean }>;
}

describe('lock files', () => {
  it.each(['package-lock.json', 'bench/package-lock.json', 'examples/web/package-lock.json', 'openapi/package-lock.json'])(
    '%s names a checksum for every package, and no registry: each installation has its own',
    (path) => {
      const { packages } = JSON.parse(readFileSync(path, 'utf8')) as Lock;
      const fromRegistry = Object.entries(packages).filter(([name, { link }]) => name.includes('node_modules/') && link !== true);
      expect(fromRegistry.length).toBeGreaterThan(20);
      expect(fromRegistry.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
      expect(fromRegistry.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    },
  );
});
