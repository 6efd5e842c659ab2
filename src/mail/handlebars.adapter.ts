import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TemplateAdapter } from '@nestjs-modules/mailer';
import Handlebars from 'handlebars';
import { MAIL_KINDS } from './mail-kinds.js';

const TEMPLATES = join(import.meta.dirname, 'templates');

/** `strict`: a field that is missing stops the mail instead of leaving a hole in it. */
const OPTIONS = { strict: true, knownHelpersOnly: true } as const;

interface Rendered {
  html: string;
  text: string;
}

type Renderer = (context: object) => Rendered;

/**
 * Renders mails from templates that are all compiled when the server starts, so that a broken one is found then. Data is only
 * ever data: values are escaped in HTML, and nothing of them is read as a template.
 */
export class HandlebarsAdapter implements TemplateAdapter {
  private readonly renderers = new Map<string, Renderer>();

  /** @throws Error when a kind of mail lacks a template */
  constructor() {
    const html = loadTemplates('.html.hbs', false);
    const text = loadTemplates('.text.hbs', true);
    for (const kind of Object.keys(MAIL_KINDS)) {
      const [toHtml, toText] = [html(kind), text(kind)];
      this.renderers.set(kind, (context) => ({ html: toHtml(context), text: toText(context).trim() + '\n' }));
    }
  }

  /** Both versions of a mail. */
  render(kind: string, context: object): Rendered {
    const renderer = this.renderers.get(kind);
    if (renderer === undefined) throw new Error(`There is no template ${kind}`);
    return renderer(context);
  }

  /** Called by nodemailer for each mail that names a template. */
  compile(
    mail: { data: { template?: string; context?: object; html?: string; text?: string } },
    callback: (error?: Error | null) => unknown,
  ): void {
    try {
      Object.assign(mail.data, this.render(String(mail.data.template), mail.data.context ?? {}));
    } catch (error) {
      callback(error as Error);
      return;
    }
    callback();
  }
}

/**
 * Finds mistakes now: `compile` waits for the first mail. `precompile` would write the code of the template as well, which takes as
 * long again, and throw it away.
 */
function check(engine: typeof Handlebars, source: string, options: CompileOptions): void {
  const { Compiler } = engine as unknown as { Compiler: new () => { compile(program: hbs.AST.Program, options: CompileOptions): unknown } };
  new Compiler().compile(engine.parse(source), { data: true, ...options });
}

/** Compiles all templates with the suffix; each may use each other one as a partial. */
function loadTemplates(suffix: string, noEscape: boolean): (name: string) => (context: object) => string {
  const engine = Handlebars.create();
  const options = { ...OPTIONS, noEscape };
  for (const file of readdirSync(TEMPLATES).filter((name) => name.endsWith(suffix))) {
    const source = readFileSync(join(TEMPLATES, file), 'utf8');
    check(engine, source, options);
    // Compiled here: Handlebars would compile a partial with the options of whoever includes it first.
    engine.registerPartial(file.slice(0, -suffix.length), engine.compile(source, options));
  }
  return (name) => {
    const template = engine.partials[name] as HandlebarsTemplateDelegate<object> | undefined;
    if (template === undefined) throw new Error(`There is no template ${name}${suffix}`);
    return template;
  };
}
