import { Injectable } from '@nestjs/common';
import type { MailKind } from '../../common/declared.js';
import { Settings } from '../../config/settings.js';
import { Languages } from '../../languages/languages.service.js';
import { directionOf, localeFor } from '../../languages/locales.js';
import { type MailLook, lookOf } from '../../look/mail-look.js';
import { greetingName } from '../display-name.js';
import { lifetimeInWords } from '../lifetime.js';
import type { MailContext } from '../mail-context.js';
import type { Mail } from '../mail.entity.js';
import { momentInWords } from '../moment.js';
import { aboutInWords } from './about.js';
import { deviceInWords } from './device.js';

/** A mail as the outbox has it. */
export type UnwrittenMail = Pick<Mail, 'locale' | 'params' | 'createdAt'> & { kind: MailKind };

/** The code and the link of a mail, and for how long they are still good, ms. */
export interface MailLink {
  code: string;
  link: string;
  lifetimeMs: number;
}

/** Puts what the outbox has into the words of the mail's reader. */
@Injectable()
export class MailWriter {
  private readonly look: MailLook;

  constructor(
    private readonly languages: Languages,
    settings: Settings,
  ) {
    this.look = lookOf(settings);
  }

  /** What the mail's template shows. @param link null for a mail without */
  write({ kind, locale: wanted, params, createdAt }: UnwrittenMail, link: MailLink | null): MailContext {
    const locale = this.languages.localeOf({ locale: wanted });
    // The region decides how dates and numbers look.
    const tag = wanted !== null && localeFor(wanted) !== null ? wanted : locale;
    const dir = directionOf(locale);
    return {
      ...this.look,
      locale,
      dir,
      start: dir === 'rtl' ? 'right' : 'left',
      // A kind without a subject does not compile.
      subject: this.languages.text(locale, `mail.${kind}.subject`, { appName: this.look.appName }),
      greetingName: greetingName(params.firstName),
      code: link?.code ?? null,
      link: link?.link ?? null,
      lifetime: link === null ? null : lifetimeInWords(link.lifetimeMs, tag),
      // The mail was queued in the transaction that it reports.
      when: momentInWords(createdAt, tag),
      device: deviceInWords(params.device, this.languages, locale),
      ip: params.ip ?? null,
      about: aboutInWords(params.about, this.languages, locale, tag),
    };
  }
}
