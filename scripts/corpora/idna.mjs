// Unicode's conformance test for UTS 46 (IdnaTestV2): what each domain becomes as the domain of an e-mail address.
export const AGREES = 'agrees';

/** Statuses of checks that are off: hyphens in third and fourth place, or at the ends of a label that is not ASCII (CheckHyphens). */
const HYPHENS = ['V2', 'V3'];

/** A domain that mail can be sent to: at least two labels, each within its length, the last not of digits only. */
const MAILABLE = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+(?!\d+$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/;

/** Longest domain behind a local part of one letter in an address of 254 characters. */
const MAX_DOMAIN_CHARS = 252;

/** What is dropped from the ends of an address before it is read. */
const AROUND = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}]|[\s\p{Cf}\p{Default_Ignorable_Code_Point}]$/u;

/** Signs and invisible characters: UTS 46 maps or drops many of them, IDNA2008 takes none. */
const SIGNS = /[^\p{L}\p{M}\p{N}\u200C-\u200D.\-\u3002\uFF0E\uFF61]/u;

export const idna = {
  file: 'unicode-IdnaTestV2.txt',

  casesOf: (text) =>
    text.split('\n').flatMap((line) => {
      const [written] = line.split('#');
      if (written.trim() === '') return [];
      const [source = '', unicode = '', unicodeStatus = '', ascii = '', asciiStatus = ''] = written
        .split(';')
        .map((cell) => unescape(cell.trim()));
      const status = asciiStatus === '' ? unicodeStatus : asciiStatus;
      return [{ source, ascii: ascii || unicode || source, errors: status.match(/\w+/g) ?? [] }];
    }),

  judge: (each, read) => {
    const { source, ascii, errors } = each;
    const stored = read(`a@${source}`);
    const result = stored === null ? null : stored.slice(2);
    Object.assign(each, { result });
    const serious = errors.filter((error) => !HYPHENS.includes(error));
    if (errors.length === 0 && result === ascii) return AGREES;
    if (errors.length > 0 && result === null) return AGREES;
    if (result === null) {
      if (!MAILABLE.test(ascii) || ascii.length > MAX_DOMAIN_CHARS)
        return 'refused: a domain, but none that mail can be sent to (one label, digits, too long)';
      if (SIGNS.test(source)) return 'refused: signs and invisible characters, which no registry takes (IDNA2008)';
      return undefined;
    }
    if (serious.length === 0) return 'taken: hyphens in third and fourth place, as in names of servers that exist';
    if (AROUND.test(source)) return 'taken: marks and blanks around an address do not count';
    if (source.includes('\u1E9E')) return 'taken: capital sharp s is ß since Unicode 15.1, ss before';
    if (serious.every((error) => error === 'V6' || error === 'P1')) return 'taken: assigned or permitted since the Unicode of the file';
    return undefined;
  },
};

function unescape(text) {
  return text
    .replace(/\\u([\da-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\x\{([\da-f]+)\}/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)));
}
