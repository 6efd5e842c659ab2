import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { operatorsList } from './breached-passwords.js';

/** Opens the operator's list of breached passwords when the server starts, and tells in the log what became of it. */
@Injectable()
export class BreachListStart implements OnModuleInit {
  private readonly logger = new Logger('BreachList');

  constructor(private readonly settings: Settings) {}

  onModuleInit(): void {
    const { BREACH_LIST: path } = this.settings;
    if (path === undefined) return;
    const { whole, byteLength } = operatorsList(path);
    if (whole === null) return;
    const startedAt = performance.now();
    // The start does not wait for it.
    void whole.then(
      ({ taken, skipped }) => {
        const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
        const size = Math.ceil(byteLength / 1_024 / 1_024);
        this.logger.log(`Read ${taken} breached passwords in ${seconds} s; they take ${size} MiB of memory`);
        if (skipped > 0) this.logger.warn(`${skipped} lines of BREACH_LIST are not as the others, and were skipped`);
      },
      (error: unknown) => this.logger.error(`BREACH_LIST could not be read to its end: ${String(error)}`),
    );
  }
}
