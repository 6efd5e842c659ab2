/** The content of a settings file. */
export interface EnvFile {
  /** Every variable in the order of the file; of a name that is set twice, the later value. */
  values: Readonly<Record<string, string>>;
  /** What cannot be read, one line each, which begins with `.env`. */
  problems: readonly string[];
  /** What is read, but perhaps not as meant. */
  remarks: readonly string[];
}

const NAME = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)[^\S\n]*=/;
const EMPTY_OR_COMMENT = /^\s*(?:#|$)/;
const COMMENT = /^\s*(?:#.*)?$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\', '"': '"', $: '$' };

/**
 * Reads a settings file: lines `NAME=value`, optionally after `export`, and comments after `#`. A value arrives as written: `$` is not
 * expanded, and `#` begins a comment only after a space, as Compose reads the same file. Quotes (`'`, `"` or a backtick) keep spaces, `#`
 * and line breaks; in double quotes a backslash escapes `\n`, `\r`, `\t`, `\\`, `\"` and `\$`. What has no meaning is a problem: no line is
 * dropped silently. Own code, because the readers of Node.js and of `dotenv` cut unquoted values at any `#` and skip what they cannot read.
 */
export function parseEnvFile(bytes: Uint8Array): EnvFile {
  const text = decode(bytes);
  if (text === null) {
    return {
      values: {},
      problems: ['.env must be saved as UTF-8; PowerShell writes UTF-16 unless told: Set-Content -Encoding utf8'],
      remarks: [],
    };
  }
  const values: Record<string, string> = {};
  const problems: string[] = [];
  const remarks: string[] = [];
  const lines = text.split(/\r\n|\r|\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (EMPTY_OR_COMMENT.test(line)) continue;
    const where = `.env, line ${at + 1}`;
    const [start, name] = NAME.exec(line) ?? [];
    if (start === undefined || name === undefined) {
      problems.push(`${where}: this is neither NAME=value nor a comment`);
      continue;
    }
    const written = line.slice(start.length);
    const quote = /^\s*(['"`])/.exec(written)?.[1];
    if (quote === undefined) {
      // A value that begins with # directly after the = is a colour, not a comment.
      const value = written.replace(/\s#.*$/, '').trim();
      // `COLOR = #3346d3`: what was meant as the value reads as a comment.
      if (value === '' && /\s#[^\s#]/.test(written)) {
        remarks.push(`${name} has no value in .env: # after a space begins a comment. Remove the space, or put the value between quotes`);
      }
      set(name, value);
      continue;
    }
    const quoted = readQuoted([written.trimStart(), ...lines.slice(at + 1)], quote);
    if (quoted === null) problems.push(`${where}: the ${quote} that begins the value of ${name} is never closed`);
    else if (!COMMENT.test(quoted.rest)) {
      problems.push(`${where}: more follows the closing ${quote} of ${name}; put the whole value between quotes of another kind`);
    } else set(name, quoted.value);
    at += quoted?.lineBreaks ?? 0;
  }
  return { values, problems, remarks };

  function set(name: string, value: string): void {
    if (Object.hasOwn(values, name)) remarks.push(`${name} stands more than once in .env; the last line counts`);
    values[name] = value;
  }
}

/** The text without its byte order mark; null if the bytes are no UTF-8 text. */
function decode(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}

/** Reads a quoted value, which begins with its quote and may go on over several lines; null if it never ends. */
function readQuoted(lines: readonly string[], quote: string): { value: string; rest: string; lineBreaks: number } | null {
  const text = lines.join('\n');
  let end = text.indexOf(quote, 1);
  if (quote === '"') end = /^"(?:\\[^]|[^"\\])*(?=")/.exec(text)?.[0].length ?? -1;
  if (end < 0) return null;
  const inside = text.slice(1, end);
  const value = quote === '"' ? inside.replaceAll(/\\([nrt\\"$])/g, (_, escaped: string) => String(ESCAPES[escaped])) : inside;
  return { value, rest: text.slice(end + 1).split('\n', 1)[0] ?? '', lineBreaks: inside.split('\n').length - 1 };
}
