import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import Handlebars from 'handlebars';
import { hashOf, readAsset } from '../../look/page-parts.js';
import { TEMPLATE_OPTIONS } from '../../languages/template-helper.js';
import type { Page } from '../../look/page-renderer.js';
import { Settings } from '../../config/settings.js';
import { MESSAGE_VIEWS } from './dto/mailbox.query.js';
import { type Policy, SANDBOX, toPage } from './framed-mail.js';
import type { MailboxMessage } from './message.js';

type View = (typeof MESSAGE_VIEWS)[number];

const LABELS: Record<View, string> = { html: 'HTML', text: 'Text', headers: 'Headers' };

/** Folder of the style sheet that the pages in development share. */
export const MAILBOX_ASSETS = join(import.meta.dirname, 'pages');

/**
 * The pages of the mailbox. They work without scripts; only the list has one, which adds new mails. A mail may contain anything: all of it
 * is escaped, and its HTML is framed in a sandbox.
 */
@Injectable()
export class MailboxPages {
  private readonly css = readAsset(MAILBOX_ASSETS, 'mailbox.css');
  private readonly script = readAsset(MAILBOX_ASSETS, 'mailbox.js');
  private readonly template = Handlebars.compile(readAsset(MAILBOX_ASSETS, 'mailbox.hbs'), TEMPLATE_OPTIONS);
  private readonly policy = {
    'default-src': "'none'",
    'style-src': hashOf(this.css),
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };

  constructor(private readonly settings: Settings) {}

  /** Only the list; new mails appear automatically. @param root link from the page to `/dev/mail` */
  inbox(root: string, messages: MailboxMessage[]): Page {
    return this.page(root, messages, null, { ...this.policy, 'script-src': hashOf(this.script), 'connect-src': "'self'" });
  }

  /** The list and one mail. @param root link from the page to `/dev/mail` */
  message(root: string, messages: MailboxMessage[], open: MailboxMessage, wanted: View = 'html'): Page {
    const has: Record<View, boolean> = { html: open.html !== null, text: true, headers: open.headers.length > 0 };
    const view = has[wanted] ? wanted : 'text';
    const details = {
      ...open,
      to: open.to.join(', '),
      receivedAt: open.receivedAt.toISOString(),
      received: open.receivedAt.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }),
      tabs: MESSAGE_VIEWS.filter((name) => has[name]).map((name) => ({
        name,
        label: LABELS[name],
        current: name === view,
      })),
      showsHtml: view === 'html',
      showsText: view === 'text',
      showsHeaders: view === 'headers',
    };
    return this.page(root, messages, details, { ...this.policy, 'frame-src': "'self'" });
  }

  private page(root: string, messages: MailboxMessage[], open: ({ id: string } & Record<string, unknown>) | null, policy: Policy): Page {
    const html = this.template({
      appName: this.settings.APP_NAME,
      css: new Handlebars.SafeString(this.css),
      script: new Handlebars.SafeString(this.script),
      sandbox: SANDBOX,
      root,
      open,
      messages: messages.map(({ id, subject, to, receivedAt, code }) => ({
        id,
        subject: subject === '' ? '(no subject)' : subject,
        to: to.join(', '),
        time: receivedAt.toLocaleTimeString('en-GB'),
        code,
        current: id === open?.id,
      })),
    });
    return toPage(html, policy);
  }
}
