import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Settings } from '../../../config/settings.js';
import { Languages } from '../../../languages/languages.service.js';
import { boundToPage } from '../../../sms/bound-code.js';
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

  private async compose(id: string, locale: string | null): Promise<TextMessage | null> {
    const secrets = await this.codes.reveal(id);
    if (secrets?.type !== 'sms_code') return null;
    const { address: to, code } = secrets;
    const minutes = SIGN_IN_CODE_SECONDS / 60;
    const text = this.languages.text(this.languages.localeOf({ locale }), 'sms.code-sign-in', {
      code,
      appName: this.settings.APP_NAME,
      minutes,
    });
    return { to, text: boundToPage(text, code, this.settings) };
  }
}
