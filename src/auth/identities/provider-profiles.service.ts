import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { InvalidRequestError } from '../../common/errors.js';
import { DatabaseService } from '../../database/database.service.js';
import type { Account } from '../../users/account.js';
import { cleanName } from '../../users/field-values.js';
import { ProfileService } from '../../users/profile.service.js';
import type { UpstreamProfile } from '../providers/provider.js';

/** The job that fetches the picture of an identity; its payload is the id of the identity. */
export const FETCH_PICTURE_TASK = 'fetch_provider_picture';

/** Number of attempts. Only this server's own storage is worth another one. */
const MAX_ATTEMPTS = 4;

/** What an account takes over of a profile at a provider: what it does not have itself. */
@Injectable()
export class ProviderProfiles {
  constructor(
    private readonly profiles: ProfileService,
    private readonly database: DatabaseService,
  ) {}

  /** Fills empty fields, and queues the picture in the open transaction: nobody waits for a server elsewhere. */
  async fill(account: Account, identityId: string, profile: UpstreamProfile, caller: Caller): Promise<void> {
    await this.fillName(account, profile, caller);
    if (profile.picture !== null && account.avatar === null) await this.queuePicture(identityId);
  }

  /** A name that the owner chose stays. What the provider calls a name and this server does not is left out. */
  private async fillName({ id, firstName, lastName }: Account, profile: UpstreamProfile, caller: Caller): Promise<void> {
    if (firstName !== null || lastName !== null) return;
    const [first, last] = [nameOf(profile.firstName), nameOf(profile.lastName)];
    const changes = { firstName: first ?? (last === null ? nameOf(profile.name) : null), lastName: last };
    if (changes.firstName !== null || changes.lastName !== null) await this.profiles.change(id, changes, { caller });
  }

  private async queuePicture(identityId: string): Promise<void> {
    await this.database.query(
      `SELECT graphile_worker.add_job('${FETCH_PICTURE_TASK}', json_build_object('id', $1::text), job_key := 'picture ' || $1::text,
         max_attempts := ${MAX_ATTEMPTS})`,
      [identityId],
    );
  }
}

function nameOf(written: string | null): string | null {
  try {
    return cleanName(written, 'name');
  } catch (error) {
    if (error instanceof InvalidRequestError) return null;
    throw error;
  }
}
