import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { PackagesNotBuiltError } from './errors.js';

/** A package as `npm pack` makes it. */
export interface PackageFile {
  bytes: Buffer;
  /** SHA-256 of the bytes, as an entity tag (RFC 9110 §8.8.3). */
  etag: string;
}

/** The packages that `npm run build` has put beside the compiled server. */
@Injectable()
export class PackageFiles {
  private readonly known = new Map<string, PackageFile>();

  /** Where `scripts/pack-packages.mjs` puts them. The sources and the compiled server are equally deep. */
  get folder(): string {
    return join(import.meta.dirname, '../../dist/packages');
  }

  /** Reads a package once; it does not change while the server runs. @throws PackagesNotBuiltError */
  async read(name: string): Promise<PackageFile> {
    const known = this.known.get(name);
    if (known !== undefined) return known;
    const bytes = await readFile(join(this.folder, `${name}.tgz`)).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new PackagesNotBuiltError(error) : error;
    });
    const file = { bytes, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
    this.known.set(name, file);
    return file;
  }
}
