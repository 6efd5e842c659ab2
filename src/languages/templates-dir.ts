import { type Dirent, existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { SettingsError } from '../config/load-settings.js';
import { Settings } from '../config/settings.js';

/** The folders that `TEMPLATES_DIR` may contain. */
const FOLDERS = ['mails', 'pages', 'texts'] as const;
export type TemplatesFolder = (typeof FOLDERS)[number];

/**
 * What an operator puts in the place of shipped texts and templates: the folder `TEMPLATES_DIR`, read once, when the server starts. The rooms
 * that take a file check it in their constructors and tell what is wrong; the start then fails with all of it.
 */
@Injectable()
export class TemplatesDir implements OnModuleInit {
  private readonly root: string | undefined;
  private readonly faults: string[] = [];

  constructor(@Inject(Settings) { TEMPLATES_DIR }: Pick<Settings, 'TEMPLATES_DIR'>) {
    this.root = TEMPLATES_DIR;
    for (const { name, path, isFolder } of this.entries('')) {
      if (!isFolder || !(FOLDERS as readonly string[]).includes(name)) this.fault(path, `is none of the folders ${FOLDERS.join(', ')}`);
    }
  }

  /**
   * The files of a folder by their names without the ending.
   * @param names those that there may be; any other file is a fault
   */
  read(folder: TemplatesFolder, ending: string, names: Iterable<string>): Map<string, string> {
    const known = new Set([...names].map((name) => `${name}${ending}`));
    const files = this.entries(folder).filter(({ name }) => known.has(name));
    return new Map(files.map(({ name, path }) => [name.slice(0, -ending.length), readFileSync(join(String(this.root), path), 'utf8')]));
  }

  /** Notes the files of a folder that nothing takes. */
  demandKnown(folder: TemplatesFolder, names: ReadonlySet<string>): void {
    for (const { name, path } of this.entries(folder)) if (!names.has(name)) this.fault(path, 'stands for nothing that Latchkey has');
  }

  /** Notes what is wrong with a file. */
  fault(path: string, problem: string): void {
    this.faults.push(`TEMPLATES_DIR: ${path} ${problem}`);
  }

  onModuleInit(): void {
    this.demandFaultless();
  }

  /** @throws SettingsError naming every fault at once */
  demandFaultless(): void {
    if (this.faults.length > 0) throw new SettingsError(this.faults);
  }

  /** Without hidden files: mounted volumes have some. */
  private entries(folder: string): { name: string; path: string; isFolder: boolean }[] {
    if (this.root === undefined || !existsSync(join(this.root, folder))) return [];
    const isFolder = (entry: Dirent) => statSync(join(entry.parentPath, entry.name)).isDirectory();
    return readdirSync(join(this.root, folder), { withFileTypes: true })
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map((entry) => ({ name: entry.name, path: join(folder, entry.name), isFolder: isFolder(entry) }));
  }
}
