import Handlebars from 'handlebars';
import type { Catalogue } from '../../common/catalogue.js';
import type { MailKind } from '../../common/declared.js';
import type { Languages } from '../../languages/languages.service.js';
import { SOURCE_LOCALE } from '../../languages/locales.js';
import { templateFaults } from '../../languages/template-check.js';
import type { TemplatesDir } from '../../languages/templates-dir.js';
import type { MailSamples } from './mail-samples.js';
import { type Form, type OwnTemplates, TemplateSet, optionsOf, partialNames } from './template-set.js';

/**
 * The templates of `TEMPLATES_DIR`, each tried on every mail that it is part of. What is wrong with them is noted in the folder, which lets
 * the start fail.
 * @returns null if there are none, or one of them is wrong
 */
export function readOwnTemplates(dir: TemplatesDir, catalogue: Catalogue, languages: Languages, samples: MailSamples): TemplateSet | null {
  const kinds = [...catalogue.mails.keys()];
  const partials = { html: partialNames('html'), text: partialNames('text') };
  const files = [
    ...kinds.map((name) => `${name}.hbs`),
    ...partials.html.map((name) => `${name}.html.hbs`),
    ...partials.text.map((name) => `${name}.text.hbs`),
  ];
  dir.demandKnown('mails', new Set(files));
  const own: OwnTemplates = {
    mails: dir.read('mails', '.hbs', kinds),
    html: dir.read('mails', '.html.hbs', partials.html),
    text: dir.read('mails', '.text.hbs', partials.text),
  };
  const trial = new Trial(catalogue, languages, samples);
  const faults = [
    ...[...own.mails].flatMap(([kind, source]) => trial.ofMail(kind as MailKind, source)),
    ...[...own.html].flatMap(([name, source]) => trial.ofPartial(name, 'html', source)),
    ...[...own.text].flatMap(([name, source]) => trial.ofPartial(name, 'text', source)),
  ];
  for (const [path, problem] of faults) dir.fault(path, problem);
  const isEmpty = own.mails.size + own.html.size + own.text.size === 0;
  return isEmpty || faults.length > 0 ? null : new TemplateSet(catalogue, languages, own);
}

/** Path and problem of a file. */
type Fault = [path: string, problem: string];

/** Tries single templates with the shipped ones around them, so that a fault is told of the file that has it. */
class Trial {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly languages: Languages,
    private readonly samples: MailSamples,
  ) {}

  ofMail(kind: MailKind, source: string): Fault[] {
    const own = { mails: new Map([[kind, source]]), html: new Map(), text: new Map() };
    const path = `mails/${kind}.hbs`;
    const faults = this.written(path, source, 'html');
    if (faults.length > 0) return faults;
    return this.rendered(path, [kind], own, ({ html, text }, { link, code }) => {
      const isNeeded = this.catalogue.mails.get(kind)?.carriesSecrets === true;
      const shows = (version: string) => [link, code].some((secret) => secret !== null && version.includes(secret));
      // HTML escapes the `=` of a link.
      return isNeeded && !(shows(html.replaceAll('&#x3D;', '=')) && shows(text)) ? 'shows neither the link nor the code' : null;
    });
  }

  ofPartial(name: string, form: Form, source: string): Fault[] {
    const own = { mails: new Map(), html: new Map(), text: new Map(), [form]: new Map([[name, source]]) };
    const path = `mails/${name}.${form}.hbs`;
    const faults = this.written(path, source, form);
    return faults.length > 0 ? faults : this.rendered(path, this.samples.kinds, own);
  }

  private written(path: string, source: string, form: Form): Fault[] {
    const engine = Handlebars.create();
    engine.registerHelper('t', () => '');
    return templateFaults(engine, source, optionsOf(form), (key) => this.languages.has(key)).map((problem) => [path, problem]);
  }

  /** The first fault of mails, with a link and without. */
  private rendered(
    path: string,
    kinds: readonly MailKind[],
    own: OwnTemplates,
    check: (rendered: ReturnType<TemplateSet['render']>, context: ReturnType<MailSamples['sample']>) => string | null = () => null,
  ): Fault[] {
    const set = new TemplateSet(this.catalogue, this.languages, own);
    for (const kind of kinds) {
      try {
        const context = this.samples.sample(kind, SOURCE_LOCALE);
        const problem = check(set.render(kind, context), context);
        if (problem !== null) return [[path, problem]];
        if (this.catalogue.mails.get(kind)?.carriesSecrets === 'to-owners')
          set.render(kind, this.samples.sample(kind, SOURCE_LOCALE, { withLink: false }));
      } catch (error) {
        return [[path, `cannot be shown in ${kind}: ${(error as Error).message}`]];
      }
    }
    return [];
  }
}
