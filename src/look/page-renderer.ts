import { join } from 'node:path';
import { Injectable, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import Handlebars from 'handlebars';
import { type BrandColors, brandPalette } from './brand-palette.js';
import { initialOf, logoSource } from './logo.js';
import { PAGE_HEADERS, hashOf, policyOf, readAsset } from './page-parts.js';
import { PageTemplates, readOwnPages } from './page-templates.js';
import { Catalogue } from '../common/catalogue.js';
import { Settings } from '../config/settings.js';
import { Languages } from '../languages/languages.service.js';
import { type Locale, directionOf } from '../languages/locales.js';
import { TemplatesDir } from '../languages/templates-dir.js';
import type { TextKey } from '../languages/texts.js';
import type { Views } from '../common/declared.js';
import { varyByLanguage } from '../languages/vary.js';

/** A page and its security headers, without which it must not be sent. */
export interface Page {
  html: string;
  headers: Record<string, string>;
}

/** Answers with a page, which depends on the language that the browser asks for. */
export function write(reply: FastifyReply, { html, headers }: Page): string {
  void reply.headers(headers);
  varyByLanguage(reply);
  return html;
}

const TEMPLATES = join(import.meta.dirname, 'templates');

/**
 * Renders pages from one layout and one template each. All templates are compiled when the server starts; a missing one stops the start.
 * Values are escaped and never interpreted as templates. Pages have no scripts; the only style sheet is inline and allowed by its hash.
 */
@Injectable()
export class PageRenderer {
  private readonly logger = new Logger('Pages');
  private readonly shipped: PageTemplates;
  /** With the operator's own in the place of shipped ones; null where there are none. */
  private readonly own: PageTemplates | null;
  private readonly css: string;
  private readonly headers: Record<string, string>;
  private readonly brand: { appName: string; initial: string; logo: string | null; icon: string };

  constructor(
    settings: Settings,
    catalogue: Catalogue,
    private readonly languages: Languages,
    dir: TemplatesDir = new TemplatesDir({ TEMPLATES_DIR: undefined }),
  ) {
    const initial = initialOf(settings.APP_NAME);
    this.brand = {
      appName: settings.APP_NAME,
      initial,
      logo: settings.BRAND_LOGO_URL ?? null,
      icon: iconOf(initial, brandPalette(settings.BRAND_COLOR).light),
    };
    this.shipped = new PageTemplates(catalogue, languages);
    this.own = readOwnPages(dir, catalogue, languages);
    this.css = brandCss(settings.BRAND_COLOR) + readAsset(TEMPLATES, 'pages.css');
    this.headers = { ...PAGE_HEADERS, 'content-security-policy': policyFor(this.css, settings.BRAND_LOGO_URL) };
  }

  /**
   * Renders a page in a language. Its title is the text `page.<name>.title`, unless the view has one. Screen readers read it first, and a
   * tab shows only the title; the product's name is added.
   */
  render<Name extends keyof Views>(name: Name, view: Views[Name], locale: Locale): Page {
    const data = { ...view, ...this.brand, locale, dir: directionOf(locale), css: new Handlebars.SafeString(this.css) };
    const html = this.write(name, { ...data, tab: this.titleOf(name, data) });
    return { html, headers: { ...this.headers, 'content-language': locale } };
  }

  /** A page whose own template fails is made from the shipped one: its reader came to secure an account. */
  private write(name: string, data: object): string {
    if (this.own === null) return this.shipped.render(name, data);
    try {
      return this.own.render(name, data);
    } catch (error) {
      this.logger.error({
        msg: 'A template of TEMPLATES_DIR is broken; the shipped one is used',
        page: name,
        reason: (error as Error).message,
      });
      return this.shipped.render(name, data);
    }
  }

  private titleOf(name: string, data: { locale: Locale; title?: string; problems?: readonly unknown[] }): string {
    const { locale, problems = [] } = data;
    const title = data.title ?? this.languages.text(locale, `page.${name}.title` as TextKey, { ...data });
    return problems.length > 0 ? this.languages.text(locale, 'page.shared.error-title', { title }) : title;
  }
}

/** The icon of the tab, as a `data:` URL. */
function iconOf(letter: string, { fill, onFill }: BrandColors): string {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${fill}"/>` +
    `<text x="16" y="23" font-family="system-ui,sans-serif" font-size="20" font-weight="700" text-anchor="middle" fill="${onFill}">${Handlebars.escapeExpression(letter)}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function policyFor(css: string, logo: string | undefined): string {
  return policyOf({
    'default-src': "'none'",
    'style-src': hashOf(css),
    'img-src': `'self' data:${logoSource(logo)}`,
    'form-action': "'self'",
    'base-uri': "'none'",
    'frame-ancestors': "'none'",
  });
}

/** The colours of the brand as custom properties: `--fill`, `--on-fill`, `--fill-hover`, `--edge`, `--ink`. */
function brandCss(color: string): string {
  const { light, dark } = brandPalette(color);
  return `${properties(light)}@media (prefers-color-scheme:dark){${properties(dark)}}\n`;
}

function properties({ fill, onFill, fillHover, edge, ink }: BrandColors): string {
  return `:root{--fill:${fill};--on-fill:${onFill};--fill-hover:${fillHover};--edge:${edge};--ink:${ink}}`;
}
