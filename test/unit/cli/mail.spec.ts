import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import { runCommand } from '../../../src/cli/commands.js';
import { LOCALES } from '../../../src/languages/locales.js';

describe('latchkey mail preview', () => {
  let folder: string;
  let printed: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-preview-'));
    printed = '';
    const keep = (line: string): void => void (printed += line);
    vi.spyOn(console, 'log').mockImplementation(keep);
    vi.spyOn(console, 'error').mockImplementation(keep);
    return () => rmSync(folder, { recursive: true });
  });
  afterEach(() => vi.restoreAllMocks());

  it('writes every mail in every language, with a page that leads to them', async () => {
    expect(await runCommand(['mail', 'preview', folder], {})).toBe(0);
    expect(readdirSync(folder).toSorted()).toEqual(Object.keys(LOCALES).toSorted());
    for (const locale of Object.keys(LOCALES)) {
      const files = [...CATALOGUE.mails.keys()].flatMap((kind) => [`${kind}.html`, `${kind}.txt`]);
      expect(readdirSync(join(folder, locale)).toSorted()).toEqual([...files, 'index.html'].toSorted());
    }
    expect(readFileSync(join(folder, 'ar', 'index.html'), 'utf8')).toContain('<html lang="ar" dir="rtl">');
  });

  it('writes one mail in one language, with the texts of TEMPLATES_DIR', async () => {
    const templates = join(folder, 'own');
    mkdirSync(join(templates, 'texts'), { recursive: true });
    writeFileSync(join(templates, 'texts', 'de.json'), '{"mail.confirm-email.title": "Hallo & Welt"}');
    const args = ['mail', 'preview', join(folder, 'out'), '--kind', 'confirm-email', '--locale', 'de', '--json'];
    expect(await runCommand(args, { TEMPLATES_DIR: templates })).toBe(0);
    expect(JSON.parse(printed)).toEqual({ folder: join(folder, 'out'), mails: 1, locales: ['de'], kinds: ['confirm-email'] });
    expect(readFileSync(join(folder, 'out', 'de', 'confirm-email.html'), 'utf8')).toContain('Hallo &amp; Welt');
  });

  it('refuses what a server would refuse, and unknown mails and languages', async () => {
    mkdirSync(join(folder, 'own', 'mails'), { recursive: true });
    writeFileSync(join(folder, 'own', 'mails', 'confirm-email.hbs'), '{{#if');
    expect(await runCommand(['mail', 'preview', join(folder, 'out')], { TEMPLATES_DIR: join(folder, 'own') })).toBe(2);
    expect(printed).toContain('mails/confirm-email.hbs is no template');
    expect(await runCommand(['mail', 'preview', folder, '--kind', 'x'], {})).toBe(2);
    expect(await runCommand(['mail', 'preview', folder, '--locale', 'xx'], {})).toBe(2);
    expect(await runCommand(['mail', 'show', folder], {})).toBe(2);
  });
});
