import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import { AccountTransferService } from '../../users/transfer/account-transfer.service.js';
import { AuthenticatorTransfer } from './authenticators/authenticator-transfer.service.js';
import type { FactorsKey } from './authenticators/factors-key.js';
import { IdentityTransfer } from './identities/identity-transfer.service.js';
import { AUTHENTICATORS, type FileForm, IDENTITIES, columnsOf, headOf, toFileLine } from './user-file.js';

/** A file of that name already exists; the export does not overwrite it. */
export class FileExistsError extends Error {}

/** Readable only by its owner, because the file contains password hashes. */
const FILE_MODE = 0o600;

/** Writes all accounts into a file, with their password hashes. */
@Injectable()
export class UserExportService {
  constructor(
    private readonly transfers: AccountTransferService,
    private readonly authenticators: AuthenticatorTransfer,
    private readonly identities: IdentityTransfer,
    private readonly audit: AuditService,
  ) {}

  /**
   * Writes a file that only its owner can read. The file gets its name when it is complete.
   * @param key seals authenticator apps, passkeys and recovery codes; null leaves them out
   * @returns number of accounts
   * @throws FileExistsError
   */
  async toFile(path: string, form: FileForm, key: FactorsKey | null, onProgress: (accounts: number) => void): Promise<number> {
    if (existsSync(path)) throw new FileExistsError(`${path} exists and stays as it is`);
    const unfinished = `${path}.part`;
    await rm(unfinished, { force: true });
    const file = createWriteStream(unfinished, { mode: FILE_MODE, flags: 'wx', flush: true });
    try {
      const accounts = await this.write(file, form, key, onProgress);
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

  /** Writes to a stream and leaves the stream open. @returns number of accounts */
  async write(stream: Writable, form: FileForm, key: FactorsKey | null, onProgress: (accounts: number) => void): Promise<number> {
    let accounts = 0;
    const columns = columnsOf(key !== null);
    await put(stream, headOf(form, columns));
    await this.transfers.exportLines(async (lines) => {
      const linked = await this.withIdentities(lines);
      const written = key === null ? linked : await this.withAuthenticators(linked, key);
      await put(stream, written.map((line) => toFileLine(line, form, columns)).join(''));
      accounts += lines.length;
      onProgress(accounts);
    });
    await this.audit.record({
      action: 'accounts.exported',
      outcome: 'success',
      subjectId: null,
      details: { accounts, format: form.format, withFactors: key !== null },
    });
    return accounts;
  }

  private async withIdentities(lines: readonly string[]): Promise<string[]> {
    const records = lines.map((line) => JSON.parse(line) as { id: string });
    const linked = await this.identities.listOf(records.map(({ id }) => id));
    return records.map((record, index) => {
      const own = linked.get(record.id);
      return own === undefined ? String(lines[index]) : JSON.stringify({ ...record, [IDENTITIES]: own });
    });
  }

  private async withAuthenticators(lines: readonly string[], key: FactorsKey): Promise<string[]> {
    const records = lines.map((line) => JSON.parse(line) as { id: string });
    const sealed = await this.authenticators.sealed(
      records.map(({ id }) => id),
      key,
    );
    return records.map((record, index) => {
      const own = sealed.get(record.id);
      return own === undefined ? String(lines[index]) : JSON.stringify({ ...record, [AUTHENTICATORS]: own });
    });
  }
}

/** Waits until the stream has passed the text on, so that memory use stays low and a full disk is noticed. */
function put(stream: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (error) => (error == null ? resolve() : reject(error)));
  });
}
