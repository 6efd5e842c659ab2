import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Catalogue } from '../../common/catalogue.js';
import { Settings } from '../../config/settings.js';
import { MailSecrets, MailSecretsRegistry, type ResolvedSecrets } from '../../mail/mail-secrets.js';
import { SignInCodes } from './sign-in-codes.service.js';

/** Gives the mail worker the code and link of a sign-in at the moment the mail is sent. */
@Injectable()
export class SignInCodeMails extends MailSecrets implements OnModuleInit {
  constructor(
    private readonly codes: SignInCodes,
    private readonly registry: MailSecretsRegistry,
    private readonly catalogue: Catalogue,
    private readonly settings: Settings,
  ) {
    super();
  }

  onModuleInit(): void {
    this.registry.resolveWith(this);
  }

  override async resolve(challengeId: string): Promise<ResolvedSecrets | null> {
    const secrets = await this.codes.reveal(challengeId);
    if (secrets === null) return null;
    const { code, token, expiresAt } = secrets;
    return { code, expiresAt, link: `${this.settings.PUBLIC_URL}${this.catalogue.purposes['sign-in-code'].page}?token=${token}` };
  }
}
