import { Injectable } from '@nestjs/common';
import type { MailKind } from '../../common/declared.js';
import { HandlebarsAdapter } from '../handlebars.adapter.js';
import type { MailContext } from '../mail-context.js';
import { MailSamples, type SampleVariant } from '../writing/mail-samples.js';

/** A mail with invented values, as its reader would get it. */
export interface MailPreview {
  kind: MailKind;
  subject: string;
  html: string;
  text: string;
}

/** Mails as they are sent, own texts and templates included, with invented values. */
@Injectable()
export class MailPreviews {
  constructor(
    private readonly samples: MailSamples,
    private readonly templates: HandlebarsAdapter,
  ) {}

  get kinds(): readonly MailKind[] {
    return this.samples.kinds;
  }

  isKind(name: string): name is MailKind {
    return (this.kinds as readonly string[]).includes(name);
  }

  /** What a mail is filled with. */
  valuesOf(kind: MailKind, locale: string): MailContext {
    return this.samples.sample(kind, locale);
  }

  write(kind: MailKind, locale: string, variant: SampleVariant = {}): MailPreview {
    const context = this.samples.sample(kind, locale, variant);
    return { kind, subject: context.subject, ...this.templates.render(kind, context) };
  }
}
