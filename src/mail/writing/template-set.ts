import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import type { Catalogue } from '../../common/catalogue.js';
import type { Languages } from '../../languages/languages.service.js';
import { TEMPLATE_OPTIONS, registerTexts } from '../../languages/template-helper.js';
import type { MailContext } from '../mail-context.js';
import { toPlainText } from './plain-text.js';

/** The partials of all mails: the layout, a button, a code. */
const PARTIALS = join(import.meta.dirname, '..', 'templates');

/** Both versions of a mail. */
export interface Rendered {
  html: string;
  text: string;
}

const FORMS = ['html', 'text'] as const;
export type Form = (typeof FORMS)[number];

/** Templates that stand in the place of shipped ones: by kind of mail, and by name of a partial. */
export interface OwnTemplates {
  mails: ReadonlyMap<string, string>;
  html: ReadonlyMap<string, string>;
  text: ReadonlyMap<string, string>;
}

const NONE: OwnTemplates = { mails: new Map(), html: new Map(), text: new Map() };

/** The names of the partials of a version. */
export function partialNames(form: Form): string[] {
  const ending = `.${form}.hbs`;
  return readdirSync(PARTIALS).flatMap((file) => (file.endsWith(ending) ? [file.slice(0, -ending.length)] : []));
}

/** For `compile`: the text version has no markup to escape for. */
export function optionsOf(form: Form): CompileOptions {
  return { ...TEMPLATE_OPTIONS, noEscape: form === 'text' };
}

/** All mails, each made from one template with the partials of HTML and those of plain text. */
export class TemplateSet {
  private readonly templates: Readonly<Record<Form, ReadonlyMap<string, (context: object) => string>>>;

  /**
   * A broken template fails when it is first used: an operator's are tried before, the shipped ones by our tests.
   * @throws Error if a kind of mail lacks a template
   */
  constructor({ mails }: Pick<Catalogue, 'mails'>, languages: Languages, own: OwnTemplates = NONE) {
    const sources = new Map(
      [...mails].map(([kind, { folder }]) => [kind, own.mails.get(kind) ?? readFileSync(join(folder, 'mails', `${kind}.hbs`), 'utf8')]),
    );
    const compileAll = (form: Form) => {
      const engine = engineOf(form, languages, own[form]);
      return new Map([...sources].map(([kind, source]) => [kind, compile(engine, source, form)]));
    };
    this.templates = { html: compileAll('html'), text: compileAll('text') };
  }

  /** @throws Error if the template uses a value that there is not */
  render(kind: string, context: MailContext): Rendered {
    const [html, text] = FORMS.map((form) => {
      const template = this.templates[form].get(kind);
      if (template === undefined) throw new Error(`There is no template ${kind}`);
      return template(context);
    });
    return { html: String(html), text: toPlainText(String(text)) };
  }
}

/** An engine that knows the partials and the texts. */
export function engineOf(form: Form, languages: Languages, own: ReadonlyMap<string, string>): typeof Handlebars {
  const engine = Handlebars.create();
  registerTexts(engine, languages, form);
  for (const name of partialNames(form)) {
    const source = own.get(name) ?? readFileSync(join(PARTIALS, `${name}.${form}.hbs`), 'utf8');
    // Compiled here, because Handlebars would compile a partial with the options of the first template that includes it.
    engine.registerPartial(name, compile(engine, source, form));
  }
  return engine;
}

function compile(engine: typeof Handlebars, source: string, form: Form): (context: object) => string {
  return engine.compile<object>(source, optionsOf(form));
}
