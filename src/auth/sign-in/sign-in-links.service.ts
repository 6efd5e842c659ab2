import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller.js';
import { IdentitiesService } from '../identities/identities.service.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import { ProvidersService } from '../providers/providers.service.js';
import type { OpenSignIn } from './open-sign-in.entity.js';
import type { Proof } from './proof.js';

/** Linking an identity to the account that a sign-in has proven. */
@Injectable()
export class SignInLinks {
  constructor(
    private readonly identities: IdentitiesService,
    private readonly providers: ProvidersService,
    private readonly gate: CredentialChange,
  ) {}

  /**
   * Links the identity that waits in the sign-in. Belongs into the transaction that completes it.
   * @throws IdentityLinkedElsewhereError when somebody else was faster; ProviderNotFoundError; what the gate throws
   */
  async link({ link }: OpenSignIn, { userId, epoch, assurance }: Proof, caller: Caller): Promise<void> {
    if (link === null) return;
    const { slug } = await this.providers.getById(link.providerId);
    const provider = await this.providers.getEnabled(slug);
    const shown = { accountId: userId, sessionEpoch: epoch, aal: assurance.level };
    const change = await this.gate.confirm(await this.gate.authorize(null, 'factors', { enrolling: shown }, caller));
    await this.identities.link(change, provider, link, caller);
  }
}
