import { Global, Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Mailbox } from '../mail/mailbox/mailbox.js';
import { MailboxSmsSender } from './mailbox-sms-sender.js';
import { SmsQueue } from './sms-queue.service.js';
import { NoSmsSender, SmsSender } from './sms-sender.js';
import { TwilioSmsSender } from './twilio-sms-sender.js';

/** Text messages; a room that queues one injects `SmsQueue`. */
@Global()
@Module({
  providers: [{ provide: SmsSender, inject: [Settings, { token: Mailbox, optional: true }], useFactory: senderFor }, SmsQueue],
  exports: [SmsQueue],
})
export class SmsModule {}

/** The configured provider; without one the development mailbox, if it exists. */
function senderFor(settings: Settings, mailbox?: Mailbox): SmsSender {
  if (settings.SMS_URL !== undefined) return new TwilioSmsSender(settings.SMS_URL);
  return mailbox === undefined ? new NoSmsSender() : new MailboxSmsSender(mailbox, settings);
}
