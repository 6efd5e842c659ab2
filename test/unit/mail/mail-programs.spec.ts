import { caniemail, rawData } from 'caniemail';
import { describe, expect, it } from 'vitest';
import { SAMPLES, TEMPLATES } from '../../support/written-mails.js';

/** Who has to show our mails. Outlook's Windows program is the one that shows HTML by Word. */
const PROGRAMS = ['apple-mail.*', 'gmail.*', 'outlook.*', 'yahoo.*'];

/** Features that some of these programs lack, and why a mail is none the worse for it there. */
const DISPENSABLE: Readonly<Record<string, string>> = {
  '<body> element': 'The table in it has the same ground.',
  '<style> element': 'Holds only the dark colours and less room on phones; all else is in attributes of the elements.',
  '@media': 'Without it a mail is light, and has the room of a wide screen.',
  'aria-hidden attribute': 'Hides one letter from screen readers, which is read out otherwise.',
  'aria-label attribute': 'Repeats the subject, which the program itself shows.',
  'border-radius': 'Corners are square.',
  'display:none': 'The preview is shown above the mail: it is a sentence for the same reader.',
  'height property': 'Yahoo takes it as the least height; the content is no higher.',
  overflow: 'Belongs to the hidden preview, which `display:none` and `mso-hide` hide, too.',
  'role attribute': 'Without it some screen readers tell of tables.',
  'white-space': 'Keeps words such as e-mail on one line.',
  'word-break': 'A link in words, or a long name, makes the mail scroll sideways on a phone; the button beside it fits.',
};

/** The oldest programs that have a share worth naming cut off the rest (Gmail: 102 KiB), and styles of more than 8,192 characters. */
const MAX_BYTES = 102 * 1_024;
const MAX_STYLE_CHARS = 8_192;

const mails = (locale: string) =>
  SAMPLES.kinds.flatMap((kind) =>
    [true, false].map((withLink) => ({ kind, html: TEMPLATES.render(kind, SAMPLES.sample(kind, locale, { withLink })).html })),
  );
const LOCALES = ['en', 'de', 'ar'];

/** What the data say of the newest version of Outlook on the web, which the package passes over. */
function isLackedByOutlookOnTheWeb(title: string): boolean {
  const { stats } = rawData.data.find((feature) => feature.title === title) ?? expect.fail(title);
  const versions = Object.entries((stats.outlook as Record<string, Record<string, string>>)['outlook-com'] ?? {});
  return (
    versions
      .toSorted(([a], [b]) => a.localeCompare(b))
      .at(-1)?.[1]
      .startsWith('n') === true
  );
}

/** One document with each different element of the mails, for each of which a feature is looked up in the same way. */
function elementsOf(htmls: readonly string[]): string {
  const elements = htmls.flatMap((html) => html.replaceAll(/<!--[^]*?-->|<title>/g, '').match(/<style>[^]*?<\/style>|<[a-z][^>]*>/g) ?? []);
  return [...new Set(elements)].join('\n');
}

/** Features of a document that a program lacks, each with a program. */
function lackedBy(html: string): Map<string, string> {
  const lacked = new Map<string, string>();
  const ours = caniemail({ clients: PROGRAMS as never, html }).issues.errors;
  for (const [program, issues] of ours) for (const { title } of issues) lacked.set(title, program);
  const all = caniemail({ clients: ['*'] as never, html }).issues;
  const used = [...all.errors.values(), ...all.warnings.values()].flat().map(({ title }) => title);
  for (const title of used.filter(isLackedByOutlookOnTheWeb)) lacked.set(title, 'outlook.outlook-com');
  return lacked;
}

interface Tag {
  name: string;
  attributes: string;
  style: Readonly<Record<string, string>>;
}

/** Elements outside the head and conditional comments. */
function tagsOf(html: string): Tag[] {
  const body = html.slice(html.indexOf('<body')).replaceAll(/<!--[^]*?-->/g, '');
  return [...body.matchAll(/<([a-z]\w*)([^>]*)>/g)].map(([, name = '', attributes = '']) => {
    const declarations = (/ style="([^"]*)"/.exec(attributes)?.[1] ?? '').split(';').filter(Boolean);
    return {
      name,
      attributes,
      style: Object.fromEntries(declarations.map((each) => [each.slice(0, each.indexOf(':')), each.slice(each.indexOf(':') + 1)])),
    };
  });
}

/** What Word does not do as browsers do, although it knows the property. */
function faultsInWord(html: string): string[] {
  const tags = tagsOf(html);
  return tags.flatMap(({ name, attributes, style }, index) => {
    const has = (property: string): boolean => style[property] !== undefined;
    const isCell = name === 'td';
    const isButton = name === 'a' && tags[index - 1]?.style['mso-padding-alt'] === style['padding'];
    const faults = {
      'padding outside a cell': has('padding') && style['padding'] !== '0' && !isCell && !isButton,
      'a width or height that is no attribute': ['width', 'height'].some(
        (side) => has(side) && style[side] !== 'auto' && !attributes.includes(` ${side}="${Number.parseInt(String(style[side]), 10)}"`),
      ),
      'a ground that is no attribute': name === 'td' && has('background') && !attributes.includes(` bgcolor="${style['background']}"`),
      'a ground that is no colour': has('background') && !/^#[\da-f]{6}$/.test(String(style['background'])),
      'a margin below zero': /-\d/.test(style['margin'] ?? ''),
      'a table with gaps': name === 'table' && !attributes.includes('role="presentation" border="0" cellpadding="0" cellspacing="0"'),
    };
    return Object.entries(faults).flatMap(([fault, isThere]) => (isThere ? [`${fault}: <${name}${attributes}>`] : []));
  });
}

describe('what programs that show mails have to know', () => {
  it('is nothing that one of them lacks, but what can be missed; and nothing is excused that no mail uses', () => {
    const lacked = lackedBy(elementsOf(LOCALES.flatMap(mails).map(({ html }) => html)));
    const named = [...lacked].map(([title, program]) => (Object.hasOwn(DISPENSABLE, title) ? title : `${title} in ${program}`));
    expect(named.toSorted()).toEqual(Object.keys(DISPENSABLE).toSorted());
  });

  it.each(LOCALES)('is what Word does as browsers do: %s', (locale) => {
    expect([...new Set(mails(locale).flatMap(({ html }) => faultsInWord(html)))]).toEqual([]);
  });

  it('is looked for, and found', () => {
    expect([...lackedBy('<div style="position:sticky">x</div>').keys()]).toEqual(['position']);
    expect([...lackedBy('<p><bdi>x</bdi></p>').keys()]).toEqual(['<bdi> element']);
    expect(faultsInWord('<body><div style="padding:4px">x</div>')).toEqual(['padding outside a cell: <div style="padding:4px">']);
    expect(faultsInWord('<body><td style="width:10px;background:#ffffff">')).toHaveLength(2);
  });

  it.each(LOCALES)('fits into what Gmail shows: %s', (locale) => {
    for (const { kind, html } of mails(locale)) {
      expect([kind, Buffer.byteLength(html) < MAX_BYTES]).toEqual([kind, true]);
      expect([kind, [...html.matchAll(/<style>([^]*?)<\/style>/g)].every(([, css = '']) => css.length < MAX_STYLE_CHARS)]).toEqual([
        kind,
        true,
      ]);
    }
  });
});
