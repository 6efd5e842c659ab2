import type { TemplateAdapter } from '@nestjs-modules/mailer';
import { Logger } from '@nestjs/common';
import type { Catalogue } from '../common/catalogue.js';
import type { Languages } from '../languages/languages.service.js';
import type { MailContext } from './mail-context.js';
import { type Rendered, TemplateSet } from './writing/template-set.js';

/**
 * Renders mails from templates, each compiled when it is first used. Values are escaped in HTML and never interpreted as templates.
 */
export class HandlebarsAdapter implements TemplateAdapter {
  private readonly logger = new Logger('Mail');
  private readonly shipped: TemplateSet;

  /**
   * @param own the operator's templates and those shipped ones that have none in their place; null for none
   * @throws Error if a kind of mail lacks a template
   */
  constructor(
    catalogue: Pick<Catalogue, 'mails'>,
    languages: Languages,
    private readonly own: TemplateSet | null = null,
  ) {
    this.shipped = new TemplateSet(catalogue, languages);
  }

  /** Both versions of a mail. One whose own template fails is made from the shipped one: a mail about somebody's safety must go out. */
  render(kind: string, context: MailContext): Rendered {
    if (this.own === null) return this.shipped.render(kind, context);
    try {
      return this.own.render(kind, context);
    } catch (error) {
      this.logger.error({ msg: 'A template of TEMPLATES_DIR is broken; the shipped one is used', kind, reason: (error as Error).message });
      return this.shipped.render(kind, context);
    }
  }

  /** Called by nodemailer for each mail that names a template. */
  compile(
    mail: { data: { template?: string; context?: MailContext; html?: string; text?: string } },
    callback: (error?: Error | null) => unknown,
  ): void {
    try {
      Object.assign(mail.data, this.render(String(mail.data.template), mail.data.context as MailContext));
    } catch (error) {
      callback(error as Error);
      return;
    }
    callback();
  }
}
