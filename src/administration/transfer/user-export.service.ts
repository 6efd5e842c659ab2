import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { AccountTransferService } from '../../users/transfer/account-transfer.service.js';
import { type FileFormat, headOf, toFileLine } from './user-file.js';

/** There is a file of that name already; it is left as it is. */
export class FileExistsError extends Error {}

/** Only its owner may read it: there are password hashes inside. */
const FILE_MODE = 0o600;

/** Writes all accounts into a file, with their password hashes. */
@Injectable()
export class UserExportService {
  constructor(
    private readonly transfers: AccountTransferService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Writes a file that only its owner may read; it has its name as soon as it is whole.
   * @returns accounts written
   * @throws FileExistsError
   */
  async toFile(path: string, format: FileFormat, onProgress: (accounts: number) => void): Promise<number> {
    if (existsSync(path)) throw new FileExistsError(`${path} exists and stays as it is`);
    const unfinished = `${path}.part`;
    await rm(unfinished, { force: true });
    const file = createWriteStream(unfinished, { mode: FILE_MODE, flags: 'wx', flush: true });
    try {
      const accounts = await this.write(file, format, onProgress);
      file.end();
      await finished(file);
      await rename(unfinished, path);
      return accounts;
    } catch (error) {
      file.destroy();
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  /** Writes to a stream and leaves it open. @returns accounts written */
  async write(stream: Writable, format: FileFormat, onProgress: (accounts: number) => void): Promise<number> {
    let accounts = 0;
    await put(stream, headOf(format));
    await this.transfers.exportLines(async (lines) => {
      await put(stream, lines.map((line) => toFileLine(line, format)).join(''));
      accounts += lines.length;
      onProgress(accounts);
    });
    await this.audit.record({ action: 'accounts.exported', outcome: 'success', subjectId: null, details: { accounts, format } });
    return accounts;
  }
}

/** Waits until it is handed over, so that little is held in memory and a full disk is noticed. */
function put(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error == null ? resolve() : reject(error)));
  });
}
