import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Below this folder the package is found by its name, as in an app. */
const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const README = readFileSync(at('../../README.md'), 'utf8');

/** The examples of a chapter: what they check is what the compiler says of them. */
function examplesOf(chapter: string): string[] {
  const text = README.split(`\n## ${chapter}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...text.matchAll(/```ts\n([^]*?)```/g)].map(([, code = '']) => code.replaceAll(/^import .*\n/gm, ''));
}

/** What an app has beside an example. */
const APP = `import { createClient } from '@latchkey/client';
const latchkey = createClient({ url: 'https://accounts.example.com' });
import { withSignIn } from '@latchkey/client/sign-in';
declare const email: string, password: string, code: string, newPassword: string;
declare function askForCode(): Promise<string>;
declare function goTo(page: string): void;
declare function show(sentence: string): void;
declare function showBesideFields(fields: readonly { pointer: string; detail: string }[]): void;
`;

/** What a strict compiler complains about. */
function complaints(example: string): string[] {
  const file = at('example.ts');
  const source = `${APP}export async function example() {\n${example}\n}`;
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    customConditions: ['@latchkey/source'],
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const program = ts.createProgram([file], options, {
    ...host,
    fileExists: (name) => name === file || host.fileExists(name),
    readFile: (name) => (name === file ? source : host.readFile(name)),
    getSourceFile: (name, ...rest) =>
      name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2022) : host.getSourceFile(name, ...rest),
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

describe('the README', () => {
  it.each(['Failures', 'Second factors, passkeys, step-up'])('has examples that compile: %s', (chapter) => {
    const examples = examplesOf(chapter);
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.flatMap(complaints)).toEqual([]);
  });

  it('has them checked in earnest', () => {
    expect(complaints('const { data } = await latchkey.auth.getUser(); return data.user;')).not.toEqual([]);
  });
});
