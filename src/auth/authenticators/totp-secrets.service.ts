import { setTimeout as wait } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Secrets } from '../../config/secrets.js';
import { Settings } from '../../config/settings.js';
import { AuthenticatorsRepository } from './authenticators.repository.js';

/** How often secrets are sealed anew while `APP_SECRET` is being changed, ms: nodes with the former one may still make some. */
const RESEAL_MS = 10 * 60_000;

const BATCH = 200;

/** The secrets of TOTPs, sealed in the database. While `APP_SECRET` is being changed they are sealed anew under the new one. */
@Injectable()
export class TotpSecrets implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('TotpSecrets');
  private readonly isChanging: boolean;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<unknown> | undefined;

  constructor(
    private readonly authenticators: AuthenticatorsRepository,
    private readonly secrets: Secrets,
    settings: Settings,
  ) {
    this.isChanging = settings.APP_SECRET_PREVIOUS !== undefined;
  }

  onApplicationBootstrap(): void {
    if (!this.isChanging) return;
    const work = (): void => {
      this.working ??= this.resealAll().finally(() => (this.working = undefined));
    };
    this.timer = setInterval(work, RESEAL_MS).unref();
    work();
  }

  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    clearInterval(this.timer);
    await this.working;
  }

  /** The secret as it is stored. */
  seal(secret: Buffer): string {
    return this.secrets.encrypt('totp-secrets', secret);
  }

  /** @throws UnknownSecretError if it was sealed under a secret that is no longer configured */
  open(sealed: string): Buffer {
    return this.secrets.decrypt('totp-secrets', sealed);
  }

  /** Seals all secrets under the current `APP_SECRET`, a few at a time. Never fails. @returns how many it sealed */
  async resealAll(): Promise<number> {
    let done = 0;
    try {
      while (!this.stopping.signal.aborted) {
        const old = await this.authenticators.findSealedOtherwise(this.secrets.currentId, BATCH);
        if (old.length === 0) break;
        for (const { id, secret } of old) await this.authenticators.reseal(id, secret, this.seal(this.open(secret)));
        done += old.length;
        await wait(0);
      }
      if (done > 0) this.logger.log(`${done} secrets of authenticator apps are encrypted under the current APP_SECRET now`);
    } catch (error) {
      this.logger.warn(`Secrets of authenticator apps could not be encrypted anew: ${(error as Error).message}`);
    }
    return done;
  }
}
