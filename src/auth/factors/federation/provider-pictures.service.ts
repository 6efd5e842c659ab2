import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { AvatarsService } from '../../../avatars/avatars.service.js';
import { BusyError, UnavailableError } from '../../../common/errors.js';
import { Settings } from '../../../config/settings.js';
import { WorkerTasks } from '../../../jobs/worker-tasks.js';
import { Outbound } from '../../../outbound/outbound.service.js';
import { UsersService } from '../../../users/users.service.js';
import { IdentitiesService } from '../../identities/identities.service.js';
import { FETCH_PICTURE_TASK } from '../../identities/provider-profiles.service.js';

/**
 * Pictures that people have at a provider, for accounts that have none: fetched once, in a job, when the identity is linked. The address comes
 * from the provider, so only public servers are called, and what comes is decoded and encoded anew like an upload. What does not work is
 * left out.
 */
@Injectable()
export class ProviderPictures implements OnModuleInit {
  private readonly logger = new Logger('ProviderPictures');

  constructor(
    private readonly tasks: WorkerTasks,
    private readonly identities: IdentitiesService,
    private readonly users: UsersService,
    private readonly avatars: AvatarsService,
    private readonly outbound: Outbound,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.tasks.add(FETCH_PICTURE_TASK, ({ id }, stop) => this.fetch(id, stop));
  }

  /** @throws UnavailableError, BusyError when this server itself cannot take it now: the queue tries again */
  async fetch(identityId: string, stop?: AbortSignal): Promise<void> {
    const picture = await this.identities.pictureOf(identityId);
    const account = picture === null ? null : await this.users.findById(picture.userId);
    // Unlinked, deleted or disabled meanwhile; or the owner was faster.
    if (picture === null || account === null || account.avatar !== null || account.disabledAt !== null) return;
    try {
      await this.avatars.setWhereNone(account.id, await this.download(picture.url, stop));
    } catch (error) {
      if (error instanceof UnavailableError || error instanceof BusyError) throw error;
      this.logger.log({ msg: 'The picture of an identity is left out', identity: identityId, reason: (error as Error).message });
    }
  }

  private async download(url: string, signal: AbortSignal | undefined): Promise<Buffer> {
    const answer = await this.outbound.fetch(url, {
      headers: { accept: 'image/webp, image/png, image/jpeg' },
      maxBytes: this.settings.AVATAR_MAX_BYTES,
      signal,
    });
    if (answer.status !== 200) throw new Error(`The status is ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }
}
