/** Columns of a line. Source: RFC 5322 §2.1.1. */
const MAX_COLUMNS = 78;

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
    if (last !== undefined && last.length + 1 + word.length <= MAX_COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word === '' ? '' : `${indent}${word}`);
  }
  return lines;
}
