import { MailerModule, type MailerOptions } from '@nestjs-modules/mailer';
import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Settings } from '../config/settings.js';
import { BouncesController } from './bounces/bounces.controller.js';
import { signerOf, signing } from './dkim/dkim-signing.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryService } from './delivery.service.js';
import { HandlebarsAdapter } from './handlebars.adapter.js';
import { MailSecretsRegistry } from './mail-secrets.js';
import { Mail } from './mail.entity.js';
import { MailRepository } from './mail.repository.js';
import { MailJobs } from './mail-jobs.js';
import { MailTemplatesModule } from './mail-templates.module.js';
import { Mailbox } from './mailbox/mailbox.js';
import { MailboxModule } from './mailbox/mailbox.module.js';
import { OutboxService } from './outbox.service.js';
import { ReportedMails } from './reported-mails.service.js';
import { smtpServer } from './smtp.js';

const CONNECTION_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 30_000;

/** The outbox and its delivery. Registered once by the composition root; a room that queues mail injects `OutboxService`. */
@Module({})
export class MailModule {
  static register(settings: Settings): DynamicModule {
    const mailbox = usesMailbox(settings) ? [MailboxModule] : [];
    return {
      module: MailModule,
      global: true,
      imports: [
        TypeOrmModule.forFeature([Mail]),
        MailTemplatesModule,
        ...mailbox,
        MailerModule.forRootAsync({
          imports: [MailTemplatesModule, ...mailbox],
          inject: [Settings, HandlebarsAdapter, { token: Mailbox, optional: true }],
          useFactory: mailerOptions,
        }),
      ],
      controllers: [BouncesController],
      providers: [DeliveriesService, DeliveryService, MailRepository, MailSecretsRegistry, MailJobs, OutboxService, ReportedMails],
      exports: [DeliveriesService, OutboxService, ReportedMails, MailSecretsRegistry, ...mailbox],
    };
  }
}

/** Whether mail goes to the mailbox at `/dev/mail` instead of an SMTP server. */
export function usesMailbox(settings: Pick<Settings, 'SMTP_URL' | 'NODE_ENV'>): boolean {
  return settings.SMTP_URL === undefined && settings.NODE_ENV !== 'production';
}

async function mailerOptions(settings: Settings, templates: HandlebarsAdapter, mailbox?: Mailbox): Promise<MailerOptions> {
  const url = settings.SMTP_URL ?? (await mailbox?.start());
  if (url === undefined) throw new Error('SMTP_URL is not set');
  const transport = {
    ...smtpServer(url, settings),
    pool: true,
    maxConnections: settings.MAIL_CONCURRENCY,
    // A broken connection may have delivered the mail, so the outbox decides about another attempt, under the mail's lease.
    maxRequeues: 0,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: CONNECTION_TIMEOUT_MS,
    dnsTimeout: CONNECTION_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  // As a plugin rather than as `template.adapter`, with which the library looks for packages of other engines at every start.
  const signer = signerOf(settings);
  return {
    transport,
    plugins: [
      { step: 'compile', plugin: (mail, done) => templates.compile(mail, done) },
      ...(signer === null ? [] : [{ step: 'stream' as const, plugin: signing(signer) }]),
    ],
  };
}
