import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../config/settings.js';
import { MailSecrets, MailSecretsRegistry, type ResolvedSecrets } from '../../mail/mail-secrets.js';
import type { ChallengePurpose } from '../../tokens/challenges/challenge-purpose.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';

/** The page behind the link of each purpose; null for those that are no matter of mail. */
const PAGES = {
  'confirm-email': '/account/confirm-email',
  'confirm-new-email': '/account/confirm-new-email',
  'undo-email-change': '/account/undo-email-change',
  'reset-password': '/account/reset-password',
  'delete-account': '/account/delete-account',
  'confirm-mobile': null,
  'activate-account': null,
} as const satisfies Record<ChallengePurpose, string | null>;

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
    const page = secrets === null ? null : PAGES[secrets.purpose];
    if (secrets === null || page === null) return null;
    const { code, token, expiresAt } = secrets;
    return { code, expiresAt, link: `${this.settings.PUBLIC_URL}${page}?token=${token}` };
  }
}
