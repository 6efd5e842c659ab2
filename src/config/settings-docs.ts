import type { Setting } from '../common/capability.js';
import type { SettingRows } from './load-settings.js';
import { OFTEN_MISTAKEN } from './unread-names.js';

const LINE_CHARS = 110;

/** The text of `.env.example`. */
export function toEnvExample(rows: SettingRows): string {
  const entries = Object.entries(rows).map(([name, setting]) => {
    const notes = setting.secret === true ? `${setting.doc} Also as ${name}_FILE, the path of a file that holds it.` : setting.doc;
    return [
      ...wrap(notes.replaceAll('`', '')).map((line) => `# ${line}`),
      `#${name}=${setting.example ?? show(setting, setting.default)}`,
    ].join('\n');
  });
  return `# Every setting of Latchkey. Copy this file to .env and take the # away from what you change.\n\n${entries.join('\n\n')}\n`;
}

/** The README's table of settings. */
export function toMarkdownTable(settings: SettingRows): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const production = 'production' in setting ? [`in production ${code(setting, setting.production)}`] : [];
    const fallback = [code(setting, setting.default), ...production].filter((each) => each !== '').join('; ');
    const file = setting.secret === true ? ` Also as \`${name}_FILE\`.` : '';
    return `| \`${name}\` | ${fallback} | ${setting.doc}${file} |`;
  });
  return ['| setting | default | what it does |', '| --- | --- | --- |', ...rows].join('\n');
}

/**
 * The Compose file with the names of all settings between its two marks, except those to which the lines before give a value. A name
 * without a value passes on what `.env` or the shell has.
 */
export function toComposeNames(file: string, settings: SettingRows): string {
  return file.replace(/( *)(# <settings>\n)[^]*?( *# <\/settings>)/, (_, indent: string, start: string, end: string, at: number) => {
    const before = file.slice(0, at).split('environment:').at(-1) ?? '';
    const names = Object.entries(settings).flatMap(([name, { secret }]) => (secret === true ? [name, `${name}_FILE`] : [name]));
    const passed = names.filter((name) => !before.includes(` ${name}: `));
    const lines = [...passed, `# Not settings, but taken for them: the server says what to write instead.`, ...OFTEN_MISTAKEN];
    return `${indent}${start}${lines.map((line) => `${indent}${line.startsWith('#') ? line : `${line}:`}\n`).join('')}${end}`;
  });
}

function code(setting: Setting<unknown>, value: unknown): string {
  const shown = show(setting, value);
  return shown === '' ? '' : `\`${shown}\``;
}

function show(setting: Setting<unknown>, value: unknown): string {
  if (value === undefined) return '';
  if (setting.show !== undefined) return setting.show(value);
  return Array.isArray(value) ? value.join(',') : `${value as string | number | boolean}`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= LINE_CHARS) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
