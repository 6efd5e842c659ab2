// Generates clients for Dart, Kotlin, Swift, Python and Go from every document in OpenAPI 3.0, and compiles those of the core's document that
// this machine has compilers for: `npm --prefix openapi run native`, after `npm run build`. It takes Java; on Debian: default-jre-headless, kotlin, libokhttp-java,
// libgoogle-gson-java, golang-go, golang-golang-x-oauth2-dev, python3-urllib3, python3-dateutil, python3-six, python3-certifi.
// Not part of continuous integration. Not compiled are clients of the contracts: this version gives alternatives without a name, which their
// answers have, types that it does not write, in Kotlin and Go.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { toOpenApi30 } from '../../dist/openapi/openapi-3-0.js';

const here = import.meta.dirname;
const documents = join(here, '..');
// The last version whose npm package contains the program; later ones download it.
const generator = join(here, 'node_modules/@openapitools/openapi-generator-cli/bin/openapi-generator.jar');
const work = mkdtempSync(join(tmpdir(), 'latchkey-native-'));
/** The operations of apps, as in the SDK; the rest is for backends and people with a browser. */
const TAGS = ['Auth', 'Users', 'Books', 'Administration'];
const JARS = ['gson', 'okhttp', 'okio'].map((name) => `/usr/share/java/${name}.jar`);

const has = (program, ...words) => spawnSync(program, words, { stdio: 'ignore' }).status === 0;
const run = (cwd, env, program, ...words) =>
  execFileSync(program, words, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] }).toString();

/** By language: the generator's name and options, and how to compile a folder; null where nothing here can. */
const LANGUAGES = {
  dart: { options: ['-g', 'dart'], compile: null },
  swift: { options: ['-g', 'swift5'], compile: null },
  kotlin: {
    options: ['-g', 'kotlin', '--library', 'jvm-okhttp3', '--additional-properties', 'serializationLibrary=gson,dateLibrary=java8'],
    compile:
      has('kotlinc', '-version') && JARS.every((jar) => existsSync(jar))
        ? (folder) => run(folder, {}, 'kotlinc', '-nowarn', '-cp', JARS.join(':'), '-d', join(folder, 'client.jar'), 'src/main/kotlin')
        : null,
  },
  python: {
    options: ['-g', 'python'],
    compile: has('/usr/bin/python3', '-c', 'import urllib3, dateutil, six, certifi')
      ? (folder) => run(folder, {}, '/usr/bin/python3', '-c', IMPORT_ALL)
      : null,
  },
  go: {
    options: ['-g', 'go-experimental', '--additional-properties', 'enumClassPrefix=true'],
    compile: has('go', 'version') && existsSync('/usr/share/gocode/src/golang.org/x/oauth2') ? compileGo : null,
  },
};
const IMPORT_ALL = `import importlib, pkgutil, openapi_client
for each in pkgutil.walk_packages(openapi_client.__path__, 'openapi_client.'): importlib.import_module(each.name)`;

function compileGo(folder) {
  const path = join(folder, 'gopath');
  const source = join(path, 'src/latchkey');
  mkdirSync(source, { recursive: true });
  for (const name of readdirSync(folder).filter((each) => each.endsWith('.go'))) cpSync(join(folder, name), join(source, name));
  run(source, { GO111MODULE: 'off', GOPATH: `${path}:/usr/share/gocode` }, 'go', 'build', '.');
}

function forApps(document) {
  if (document.tags.every(({ name }) => !TAGS.includes(name))) return document;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, { tags = [] }] of Object.entries(item)) if (!tags.some((tag) => TAGS.includes(tag))) delete item[method];
    if (Object.keys(item).length === 0) delete document.paths[path];
  }
  return document;
}

let failures = 0;
try {
  const files = ['latchkey.json', ...readdirSync(join(documents, 'contracts')).map((name) => join('contracts', name))];
  for (const file of files) {
    const name = basename(file, '.json');
    const input = join(work, `${name}.json`);
    writeFileSync(input, JSON.stringify(forApps(toOpenApi30(JSON.parse(readFileSync(join(documents, file), 'utf8'))))));
    for (const [language, { options, compile }] of Object.entries(LANGUAGES)) {
      const folder = join(work, name, language);
      try {
        run(here, {}, 'java', '-jar', generator, 'generate', '-i', input, '-o', folder, ...options);
        const isCompiled = compile !== null && name === 'latchkey';
        if (isCompiled) compile(folder);
        console.log(`${name}: ${language} ${isCompiled ? 'compiles' : 'is generated, not compiled'}`);
      } catch (error) {
        failures += 1;
        console.log(`${name}: ${language} FAILED\n${(error.stderr?.toString() || error.message).slice(-2_000)}`);
      }
    }
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
