import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import Handlebars from 'handlebars';
import { Settings } from '../config/settings.js';
import type { Views } from './views.js';

/** A page and the headers without which it must not be shown. */
export interface Page {
  html: string;
  headers: Record<string, string>;
}

const TEMPLATES = join(import.meta.dirname, 'templates');

/** Every page there is; a name without a template stops the start. */
const NAMES = ['confirm-email', 'email-confirmed', 'reset-password', 'password-reset', 'failure'] as const satisfies (keyof Views)[];

/** `strict`: a field that is missing fails the page instead of leaving a hole in it. */
const OPTIONS = { strict: true, knownHelpersOnly: true } as const;

/**
 * Renders the pages behind mailed links: one layout, one template each, all compiled when the server starts. Values are escaped
 * and never read as a template. There are no scripts; the one style sheet is in the page and allowed by its hash.
 */
@Injectable()
export class PageRenderer {
  private readonly templates: ReadonlyMap<string, HandlebarsTemplateDelegate<object>>;
  private readonly css = readAsset('pages.css');
  private readonly headers: Record<string, string>;

  constructor(private readonly settings: Settings) {
    const engine = Handlebars.create();
    // Compiled here: Handlebars would compile a partial with the options of whoever includes it first.
    engine.registerPartial('layout', engine.compile(readAsset('layout.hbs'), OPTIONS));
    this.templates = new Map(NAMES.map((name) => [name, engine.compile(readAsset(`${name}.hbs`), OPTIONS)]));
    this.headers = {
      'content-type': 'text/html; charset=utf-8',
      // The address bar holds a token, the page an e-mail address.
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': policyFor(this.css),
    };
  }

  /** A page. `title` is read out first and is all that a tab shows; the product's name is added. */
  render<Name extends keyof Views>(name: Name, title: string, view: Views[Name]): Page {
    const template = this.templates.get(name);
    if (template === undefined) throw new Error(`There is no page ${name}`);
    const html = template({ ...view, title, appName: this.settings.APP_NAME, css: new Handlebars.SafeString(this.css) });
    return { html, headers: this.headers };
  }
}

function policyFor(css: string): string {
  const style = createHash('sha256').update(css).digest('base64');
  return [
    "default-src 'none'",
    `style-src 'sha256-${style}'`,
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function readAsset(name: string): string {
  return readFileSync(join(TEMPLATES, name), 'utf8');
}
