import { Global, Module } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Mailbox } from '../mail/mailbox/mailbox.js';
import { HttpSmsSender } from './http-sms-sender.js';
import { MailboxSmsSender } from './mailbox-sms-sender.js';
import { SmsQueue } from './sms-queue.service.js';
import { NoSmsSender, SmsSender } from './sms-sender.js';
import { TextDestinations } from './text-destinations.service.js';
import { TwilioSmsSender } from './twilio-sms-sender.js';

/** Text messages; a room that queues one injects `SmsQueue`. */
@Global()
@Module({
  providers: [
    { provide: SmsSender, inject: [Settings, { token: Mailbox, optional: true }], useFactory: senderFor },
    SmsQueue,
    TextDestinations,
  ],
  exports: [SmsQueue, TextDestinations],
})
export class SmsModule {}

/** The configured provider; without one the development mailbox, if it exists. */
function senderFor(settings: Settings, mailbox?: Mailbox): SmsSender {
  const { SMS_URL: url } = settings;
  if (url !== undefined) return /^twilio:/i.test(url) ? new TwilioSmsSender(url) : new HttpSmsSender(url);
  return mailbox === undefined ? new NoSmsSender() : new MailboxSmsSender(mailbox, settings);
}
