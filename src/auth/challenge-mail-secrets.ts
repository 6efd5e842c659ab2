import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { MailSecrets, MailSecretsRegistry, type ResolvedSecrets } from '../mail/mail-secrets.js';
import type { ChallengePurpose } from '../tokens/challenge-purpose.js';
import { ChallengesService } from '../tokens/challenges.service.js';

/** The page behind the link of each purpose. */
const PAGES = { 'confirm-email': '/account/confirm-email', 'reset-password': '/account/reset-password' } as const satisfies Record<ChallengePurpose, string>;

/** Gives the mail worker the code and link of a challenge at the moment the mail is sent. */
@Injectable()
export class ChallengeMailSecrets extends MailSecrets implements OnModuleInit {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly registry: MailSecretsRegistry,
    private readonly settings: Settings,
  ) {
    super();
  }

  onModuleInit(): void {
    this.registry.resolveWith(this);
  }

  override async resolve(challengeId: string): Promise<ResolvedSecrets | null> {
    const secrets = await this.challenges.reveal(challengeId);
    if (secrets === null) return null;
    const { purpose, code, token, expiresAt } = secrets;
    return { code, expiresAt, link: `${this.settings.PUBLIC_URL}${PAGES[purpose]}?token=${token}` };
  }
}
