import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const FILE = fileURLToPath(new URL('hovered.ts', import.meta.url));
const SOURCE = `import type { ErrorTexts, FieldRules } from '../../src/index.js';
import type { SignInCode } from '../../src/operations.js';
export const some: Partial<ErrorTexts> = { 'auth.bad_credentials': '', 'client.timeout': '' };
export const all: ErrorTexts<SignInCode> = { 'auth.account_disabled': '' } as never;
export const table: ErrorTexts<SignInCode> = { ...all, 'request.throttled': '' };
export const rule: Partial<FieldRules> = { 'password.too_short': '' };
`;

const service = ts.createLanguageService({
  getScriptFileNames: () => [FILE],
  getScriptVersion: () => '1',
  getScriptSnapshot: (name) => {
    const content = name === FILE ? SOURCE : ts.sys.readFile(name);
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
  },
  getCurrentDirectory: () => import.meta.dirname,
  // Without the types of browsers, which take a second to read.
  getCompilationSettings: () => ({ strict: true, lib: ['lib.es5.d.ts'], module: ts.ModuleKind.NodeNext, types: [] }),
  getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  fileExists: (name) => name === FILE || ts.sys.fileExists(name),
  readFile: (name) => (name === FILE ? SOURCE : ts.sys.readFile(name)),
});

/** What an editor shows when somebody points at a text of the file. */
function hoverOver(text: string): string {
  const info = service.getQuickInfoAtPosition(FILE, SOURCE.indexOf(`'${text}': ''`) + 1);
  return ts.displayPartsToString(info?.documentation);
}

describe('an editor', () => {
  it.each([
    ['auth.bad_credentials', 'Say that the identifier or the password is wrong'],
    ['client.timeout', 'Whether the server did what was asked is unknown'],
    ['request.throttled', 'Too many requests'],
    ['password.too_short', 'too short'],
  ])('shows what %s means', (code, sentence) => {
    expect(hoverOver(code)).toContain(sentence);
  });
});
