import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Catalogue } from '../../common/catalogue.js';
import { Settings } from '../../config/settings.js';
import { MailSecrets, MailSecretsRegistry, type ResolvedSecrets } from '../../mail/mail-secrets.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { LinkPlaces } from './link-places.js';

/** Gives the mail worker the code and link of a challenge at the moment the mail is sent. */
@Injectable()
export class ChallengeMailSecrets extends MailSecrets implements OnModuleInit {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly registry: MailSecretsRegistry,
    private readonly settings: Settings,
    private readonly catalogue: Catalogue,
    private readonly places: LinkPlaces,
  ) {
    super();
  }

  onModuleInit(): void {
    this.registry.resolveWith(this);
  }

  override async resolve(challengeId: string): Promise<ResolvedSecrets | null> {
    const secrets = await this.challenges.reveal(challengeId);
    const page = secrets === null ? null : this.catalogue.purposes[secrets.purpose].page;
    if (secrets === null || page === null) return null;
    const { purpose, clientId, code, token, expiresAt } = secrets;
    const place = this.places.find(purpose, clientId) ?? `${this.settings.PUBLIC_URL}${page}?token=`;
    return { code, expiresAt, link: `${place}${token}` };
  }
}
