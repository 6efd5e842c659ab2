/** Columns of a line. Source: RFC 5322 §2.1.1. */
const MAX_COLUMNS = 78;

/** The characters around an isolate (`src/languages/texts.ts`). */
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/**
 * The plain text of a mail: lines are broken at spaces, so that programs show them as they are; a link, or a script without spaces, stays in
 * one line. One empty line between paragraphs.
 */
export function toPlainText(rendered: string): string {
  const lines = rendered.split('\n').flatMap(wrap);
  return `${lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

function wrap(line: string): string[] {
  const [, indent = '', words = ''] = /^( *)(.*?)\s*$/.exec(line) ?? [];
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && columnsOf(last) + 1 + columnsOf(word) <= MAX_COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word === '' ? '' : `${indent}${word}`);
  }
  return isolatedEach(lines);
}

/** Isolates end with their line (UAX #9, BD9), so one that goes on in the next line is closed and opened again. */
function isolatedEach(lines: string[]): string[] {
  let open = 0;
  return lines.map((line) => {
    const before = open;
    open += count(line, FIRST_STRONG_ISOLATE) - count(line, POP_ISOLATE);
    return FIRST_STRONG_ISOLATE.repeat(before) + line + POP_ISOLATE.repeat(open);
  });
}

/** Isolates are not to be seen. */
function columnsOf(words: string): number {
  return words.length - count(words, FIRST_STRONG_ISOLATE) - count(words, POP_ISOLATE);
}

function count(line: string, char: string): number {
  return line.split(char).length - 1;
}
