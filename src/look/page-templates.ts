import { join } from 'node:path';
import Handlebars from 'handlebars';
import type { Catalogue } from '../common/catalogue.js';
import type { Languages } from '../languages/languages.service.js';
import { templateFaults } from '../languages/template-check.js';
import { TEMPLATE_OPTIONS, registerTexts } from '../languages/template-helper.js';
import type { TemplatesDir } from '../languages/templates-dir.js';
import { readAsset } from './page-parts.js';

const TEMPLATES = join(import.meta.dirname, 'templates');

/** Parts that pages share. */
const PARTIALS = ['layout', 'problems', 'done', 'return-link', 'factor-field'] as const;

/** What a form sends back: without it, its page is of no use. */
const NEEDED = ['{{action}}', '{{token}}'];

type Sources = ReadonlyMap<string, string>;

/** All pages, each made from one template and the partials. */
export class PageTemplates {
  private readonly templates: ReadonlyMap<string, HandlebarsTemplateDelegate<object>>;

  /**
   * @param own templates and partials that stand in the place of shipped ones
   * @throws Error if a page lacks a template
   */
  constructor(catalogue: Pick<Catalogue, 'pages'>, languages: Languages, own: Sources = new Map()) {
    const engine = Handlebars.create();
    // The pages' policy allows no styles of single elements.
    registerTexts(engine, languages, 'html', 'class="whole"');
    const compile = (source: string) => engine.compile<object>(source, TEMPLATE_OPTIONS);
    // Compiled here, because Handlebars would compile a partial with the options of the first template that includes it.
    for (const [name, source] of partials()) engine.registerPartial(name, compile(own.get(name) ?? source));
    this.templates = new Map([...shippedPages(catalogue)].map(([name, source]) => [name, compile(own.get(name) ?? source)]));
  }

  /** @throws Error if the template uses a value that there is not */
  render(name: string, data: object): string {
    const template = this.templates.get(name);
    if (template === undefined) throw new Error(`There is no page ${name}`);
    return template(data);
  }
}

/**
 * The pages with those of `TEMPLATES_DIR` in the place of shipped ones. What is wrong with them is noted in the folder, which lets the start
 * fail.
 * @returns null if there are none, or one of them is wrong
 */
export function readOwnPages(dir: TemplatesDir, catalogue: Pick<Catalogue, 'pages'>, languages: Languages): PageTemplates | null {
  const shipped = new Map([...partials(), ...shippedPages(catalogue)]);
  dir.demandKnown('pages', new Set([...shipped.keys()].map((name) => `${name}.hbs`)));
  const own = dir.read('pages', '.hbs', shipped.keys());
  const faults = [...own].flatMap(([name, source]) => {
    const engine = Handlebars.create();
    engine.registerHelper('t', () => '');
    const missing = NEEDED.filter((field) => shipped.get(name)?.includes(field) === true && !source.includes(field));
    const problems = [
      ...templateFaults(engine, source, TEMPLATE_OPTIONS, (key) => languages.has(key)),
      ...missing.map((field) => `does not use ${field}`),
    ];
    return problems.map((problem) => [`pages/${name}.hbs`, problem] as const);
  });
  for (const [path, problem] of faults) dir.fault(path, problem);
  return own.size === 0 || faults.length > 0 ? null : new PageTemplates(catalogue, languages, own);
}

function partials(): Sources {
  return new Map(PARTIALS.map((name) => [name, readAsset(TEMPLATES, `${name}.hbs`)]));
}

function shippedPages({ pages }: Pick<Catalogue, 'pages'>): Sources {
  return new Map([...pages.values()].map(({ name, folder }) => [name, readAsset(join(folder, 'pages'), `${name}.hbs`)]));
}
