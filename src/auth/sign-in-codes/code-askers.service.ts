import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { networkOf } from '../../throttling/client-network.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { DevicesService } from '../devices/devices.service.js';
import { type SignInState, isOwners } from '../factors/factor.js';
import { OwnerNetworks } from '../passwords/owner-networks.service.js';

/**
 * Who asks for a code. It works in the sign-in that asked for it alone, so that strangers who use up the limits of an address would keep
 * its owner out. Owners are known by what they have shown, by a browser that skips the second factor, or by a network in which the account
 * was signed in; then they have limits of their own.
 */
@Injectable()
export class CodeAskers {
  constructor(
    private readonly devices: DevicesService,
    private readonly networks: OwnerNetworks,
    private readonly throttle: ThrottleService,
  ) {}

  /**
   * Counts a request for a code, for the network of the caller or for what they have shown.
   * @param key one text for every spelling of what was typed
   * @returns by what the owner of the account is known, one text for each proof, browser or network; null for strangers. Not to be told
   * @throws ThrottledError
   */
  async admit(signIn: SignInState, { accountId, key }: { accountId: string | null; key: string }, caller: Caller): Promise<string | null> {
    const network = networkOf(caller.ip);
    const shown = await this.shownIn(signIn, accountId);
    await this.throttle.take({ limit: 'sign-in-code', of: `${key} ${shown ?? network}` }, caller);
    const isInNetwork = await this.networks.haveIncluded(caller, accountId);
    return shown ?? (isInNetwork ? `network ${network}` : null);
  }

  /** By what a request shows that it is the owner's; whoever has that knows of the account. */
  private async shownIn(signIn: SignInState, accountId: string | null): Promise<string | null> {
    if (accountId === null) return null;
    if (isOwners(signIn)) return 'a proof';
    const { deviceId = null } = signIn;
    return deviceId !== null && (await this.devices.isRemembered(deviceId, accountId)) ? `device ${deviceId}` : null;
  }
}
