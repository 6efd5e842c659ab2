import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import Handlebars from 'handlebars';
import { Settings } from '../../config/settings.js';
import { LOCALES, type Locale, directionOf } from '../../languages/locales.js';
import { TEMPLATE_OPTIONS } from '../../languages/template-helper.js';
import { hashOf, readAsset } from '../../look/page-parts.js';
import type { Page } from '../../look/page-renderer.js';
import { SANDBOX, toPage } from '../mailbox/framed-mail.js';
import { MAILBOX_ASSETS } from '../mailbox/mailbox-pages.js';
import { PREVIEW_VIEWS, type PreviewView } from './dto/preview.query.js';
import { MailPreviews } from './mail-previews.js';
import { TextMessagePreviews } from './text-message-previews.js';

const ASSETS = join(import.meta.dirname, 'pages');

const LABELS: Record<PreviewView, string> = { light: 'Light', dark: 'Dark', text: 'Text' };

/** What somebody wants to see. @property mail kind of mail or name of a text message; undefined: only the list */
interface Wanted {
  locale: Locale;
  mail: string | undefined;
  view: PreviewView;
}

/** An open mail or text message. */
interface Opened {
  subject: string;
  text: string;
  /** The parts of a text message; null for a mail. */
  segments: number | null;
}

/** The page with every mail. It has no script: each choice is a link, or a form that asks for the page anew. */
@Injectable()
export class PreviewPages {
  private readonly css = readAsset(MAILBOX_ASSETS, 'mailbox.css') + readAsset(ASSETS, 'mail-preview.css');
  private readonly template = Handlebars.compile(readAsset(ASSETS, 'mail-preview.hbs'), TEMPLATE_OPTIONS);
  private readonly policy = {
    'default-src': "'none'",
    'style-src': hashOf(this.css),
    'frame-src': "'self'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  };

  constructor(
    private readonly mails: MailPreviews,
    private readonly textMessages: TextMessagePreviews,
    private readonly settings: Settings,
  ) {}

  /** @param root link from the page to `/dev/mail` @returns null for a mail that there is not */
  show(root: string, wanted: Wanted): Page | null {
    const { locale, mail } = wanted;
    const open = mail === undefined ? undefined : this.open(mail, locale);
    if (open === null) return null;
    const addressOf = (changes: Partial<Wanted>, path = ''): string => `${root}/preview${path}?${queryOf({ ...wanted, ...changes })}`;
    const toEntry = (name: string, title: string) => ({ name, title, current: name === mail, address: addressOf({ mail: name }) });
    const html = this.template({
      appName: this.settings.APP_NAME,
      css: new Handlebars.SafeString(this.css),
      sandbox: SANDBOX,
      root,
      list: addressOf({ mail: undefined }),
      locale,
      dir: directionOf(locale),
      language: LOCALES[locale],
      locales: Object.entries(LOCALES).map(([tag, name]) => ({ tag, name, current: tag === locale })),
      mail: mail ?? null,
      view: wanted.view,
      mails: this.mails.kinds.map((kind) => toEntry(kind, this.mails.valuesOf(kind, locale).subject)),
      textMessages: this.textMessages.keys.map((key) => toEntry(key, this.textMessages.write(key, locale).text)),
      open: open === undefined ? null : this.view(open, wanted, addressOf),
    });
    return toPage(html, this.policy);
  }

  private open(name: string, locale: Locale): Opened | null {
    if (this.mails.isKind(name)) return { ...this.mails.write(name, locale), segments: null };
    const key = this.textMessages.keys.find((each) => each === name);
    return key === undefined ? null : { subject: 'Text message', ...this.textMessages.write(key, locale) };
  }

  private view(open: Opened, { view }: Wanted, addressOf: (changes: Partial<Wanted>, path?: string) => string) {
    const isMail = open.segments === null;
    const shown = isMail ? view : 'text';
    return {
      subject: open.subject,
      text: open.text,
      isMail,
      segments: open.segments,
      tabs: isMail
        ? PREVIEW_VIEWS.map((name) => ({ label: LABELS[name], current: name === shown, address: addressOf({ view: name }) }))
        : [],
      frame: shown === 'text' ? null : addressOf({}, '/html'),
      scheme: shown,
    };
  }
}

function queryOf({ locale, mail, view }: Wanted): string {
  return new URLSearchParams({ locale, ...(mail === undefined ? {} : { mail }), view }).toString();
}
