import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateAdapter } from '@nestjs-modules/mailer';
import Handlebars from 'handlebars';
import type { Catalogue } from '../common/catalogue.js';
import { TEMPLATE_OPTIONS } from '../languages/template-helper.js';
import type { MailContext } from './mail-context.js';

/** Partials of all mails: the layout, a button, a code. */
const PARTIALS = join(import.meta.dirname, 'templates');

interface Rendered {
  html: string;
  text: string;
}

type Renderer = (context: MailContext) => Rendered;

/**
 * Renders mails from templates. All templates are compiled when the server starts, so that a broken one stops the start. Values are escaped
 * in HTML and never interpreted as templates.
 */
export class HandlebarsAdapter implements TemplateAdapter {
  private readonly renderers = new Map<string, Renderer>();

  /** @throws Error if a kind of mail lacks a template */
  constructor({ mails }: Pick<Catalogue, 'mails'>) {
    const html = new Templates('.html.hbs', false);
    const text = new Templates('.text.hbs', true);
    for (const [kind, { folder }] of mails) {
      const [toHtml, toText] = [html.load(join(folder, 'mails'), kind), text.load(join(folder, 'mails'), kind)];
      this.renderers.set(kind, (context) => ({ html: toHtml(context), text: toText(context).trim() + '\n' }));
    }
  }

  /** Both versions of a mail. */
  render(kind: string, context: MailContext): Rendered {
    const renderer = this.renderers.get(kind);
    if (renderer === undefined) throw new Error(`There is no template ${kind}`);
    return renderer(context);
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

/**
 * Finds mistakes at once, because `compile` does nothing until the first mail. `precompile` would also generate the code of the template,
 * which doubles the time, and discard it.
 */
function check(engine: typeof Handlebars, source: string, options: CompileOptions): void {
  const { Compiler } = engine as unknown as { Compiler: new () => { compile(program: hbs.AST.Program, options: CompileOptions): unknown } };
  new Compiler().compile(engine.parse(source), { data: true, ...options });
}

/** The templates with one suffix; each may use the partials, and all are compiled at once. */
class Templates {
  private readonly engine = Handlebars.create();
  private readonly options: CompileOptions;

  constructor(
    private readonly suffix: string,
    noEscape: boolean,
  ) {
    this.options = { ...TEMPLATE_OPTIONS, noEscape };
    for (const file of readdirSync(PARTIALS).filter((each) => each.endsWith(suffix))) {
      const name = file.slice(0, -suffix.length);
      // Compiled here, because Handlebars would compile a partial with the options of the first template that includes it.
      this.engine.registerPartial(name, this.load(PARTIALS, name));
    }
  }

  load(folder: string, name: string): (context: object) => string {
    const source = readFileSync(join(folder, `${name}${this.suffix}`), 'utf8');
    check(this.engine, source, this.options);
    return this.engine.compile<object>(source, this.options);
  }
}
