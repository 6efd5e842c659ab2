import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../../config/settings.js';
import { Languages } from '../../../languages/languages.service.js';
import { SmsQueue, type TextMessage } from '../../../sms/sms-queue.service.js';
import { SIGN_IN_CODE_SECONDS, SignInCodes } from '../../sign-in-codes/sign-in-codes.service.js';

/** What the text message with a code says. */
@Injectable()
export class SmsCodeTexts implements OnModuleInit {
  constructor(
    private readonly codes: SignInCodes,
    private readonly queue: SmsQueue,
    private readonly languages: Languages,
    private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    this.queue.composeWith((id, locale) => this.compose(id, locale));
  }

  /** The last line binds the code to a page (https://wicg.github.io/sms-one-time-codes/): phones fill it in there and nowhere else. */
  private async compose(id: string, locale: string | null): Promise<TextMessage | null> {
    const secrets = await this.codes.reveal(id);
    if (secrets?.type !== 'sms_code') return null;
    const { address: to, code } = secrets;
    const { APP_NAME, SMS_CODE_DOMAIN, PUBLIC_URL } = this.settings;
    const domain = SMS_CODE_DOMAIN === '' ? new URL(String(PUBLIC_URL)).hostname : SMS_CODE_DOMAIN;
    const minutes = SIGN_IN_CODE_SECONDS / 60;
    const text = this.languages.text(this.languages.localeOf({ locale }), 'sms.code-sign-in', { code, appName: APP_NAME, minutes });
    return { to, text: `${text}\n\n@${domain} #${code}` };
  }
}
