import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const pagesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const PAGES = [
  'README.md',
  'CONTRIBUTING.md',
  'packages/client/README.md',
  'packages/verifier/README.md',
  'bench/README.md',
  'examples/web/README.md',
  ...pagesIn('docs'),
];

/** Anchors of a page's headings, as GitHub generates them. */
const anchorsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('links of the documentation', () => {
  it.each(PAGES)('in %s lead to existing files and headings', (page) => {
    const text = readFileSync(page, 'utf8').replaceAll(/^```[\s\S]*?^```/gm, '');
    const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(([, link]) => String(link));
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
    expect(broken).toEqual([]);
  });
});

describe('commands of the documentation', () => {
  it.each(PAGES)('in %s have no comments: zsh, the shell of macOS, would take the words for arguments', (page) => {
    const blocks = [...readFileSync(page, 'utf8').matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, commands]) => String(commands));
    expect(blocks.flatMap((commands) => commands.split('\n')).filter((line) => /(?:^|\s)#\s/.test(line))).toEqual([]);
  });
});

describe('the promises of docs/security.md', () => {
  it('are numbered without a gap, and each names what shows it', () => {
    const rows = [...readFileSync('docs/security.md', 'utf8').matchAll(/^\| (\d+) \|(.*)\|(.*)\|$/gm)];
    const numbers = new Set(rows.map(([, number]) => Number(number)));
    expect([...numbers].toSorted((one, other) => one - other)).toEqual([...numbers.keys()].map((_, index) => index + 1));
    expect(numbers.size).toBeGreaterThanOrEqual(84);
    expect(rows.filter(([, , , shownBy = '']) => !shownBy.includes('](')).map(([row]) => row)).toEqual([]);
  });
});
