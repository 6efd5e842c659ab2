import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { CATALOGUE } from '../capabilities.js';
import type { MailKind } from '../common/declared.js';
import type { Environment } from '../config/load-settings.js';
import { Languages } from '../languages/languages.service.js';
import { LOCALES, type Locale, directionOf } from '../languages/locales.js';
import { TemplatesDir } from '../languages/templates-dir.js';
import { HandlebarsAdapter } from '../mail/handlebars.adapter.js';
import { MailPreviews } from '../mail/preview/mail-previews.js';
import { MailSamples } from '../mail/writing/mail-samples.js';
import { MailWriter } from '../mail/writing/mail-writer.js';
import { readOwnTemplates } from '../mail/writing/own-templates.js';
import { oneOf, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { print } from './output.js';
import { settingsWithoutSecret } from './settings-without-secret.js';

/** Shows mails without sending any. Needs neither a database nor a mail server. @throws UsageError, SettingsError */
export async function lookAtMails(args: readonly string[], env: Environment): Promise<number> {
  const options = { kind: { type: 'string' }, locale: { type: 'string' } } as const;
  const { values, positionals } = readArguments(args, options, { min: 2, max: 2 });
  oneOf('mail', positionals[0] ?? '', ['preview']);
  const folder = String(positionals[1]);
  const settings = settingsWithoutSecret(env);
  const dir = new TemplatesDir(settings);
  const languages = new Languages(settings, dir);
  const samples = new MailSamples(CATALOGUE, new MailWriter(languages, settings), settings.PUBLIC_URL ?? 'http://localhost:3000');
  const templates = new HandlebarsAdapter(CATALOGUE, languages, readOwnTemplates(dir, CATALOGUE, languages, samples));
  const previews = new MailPreviews(samples, templates);
  dir.demandFaultless();
  const kinds = values.kind === undefined ? previews.kinds : [oneOf('--kind', values.kind, previews.kinds)];
  const all = Object.keys(LOCALES) as Locale[];
  const locales = values.locale === undefined ? all : [oneOf('--locale', values.locale, all)];
  for (const locale of locales) {
    await mkdir(join(folder, locale), { recursive: true });
    const entries: [kind: MailKind, subject: string][] = [];
    for (const kind of kinds) {
      const { subject, html, text } = previews.write(kind, locale);
      await writeFile(join(folder, locale, `${kind}.html`), html);
      await writeFile(join(folder, locale, `${kind}.txt`), text);
      entries.push([kind, subject]);
    }
    await writeFile(join(folder, locale, 'index.html'), indexOf(locale, entries));
  }
  const count = locales.length * kinds.length;
  if (values.json) print(JSON.stringify({ folder, mails: count, locales, kinds }));
  else print(`${count} mails are in ${folder}: open ${join(folder, String(locales[0]), 'index.html')} in a browser.`);
  return EXIT.done;
}

const INDEX = Handlebars.compile(
  `<!doctype html><html lang="{{locale}}" dir="{{dir}}"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>{{name}}</title></head>
<body><h1>{{name}}</h1><ul>
{{#each entries}}<li><a href="{{this.[0]}}.html">{{this.[1]}}</a> (<bdi dir="ltr">{{this.[0]}}</bdi>, <a href="{{this.[0]}}.txt">text</a>)</li>
{{/each}}</ul></body></html>
`,
);

/** A page that leads to all mails of a language. */
function indexOf(locale: Locale, entries: readonly [MailKind, string][]): string {
  return INDEX({ locale, dir: directionOf(locale), name: LOCALES[locale], entries });
}
