import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ts from 'typescript';
import { poll } from './poll.js';

/** Maximum time of a start on a busy machine, ms. */
const START_MS = 60_000;

const ROOT = join(import.meta.dirname, '../..');

/** A copy of the sources that a test can extend, compile and run. It is below `node_modules`, so that packages resolve. */
export class CopiedHouse {
  private readonly folder: string;
  /** Program of the current sources; made again after an edit. */
  private program: ts.Program | undefined;
  private former: ts.Program | undefined;
  private server: ChildProcess | undefined;
  private readonly output: string[] = [];

  constructor() {
    const cache = join(ROOT, 'node_modules/.cache');
    mkdirSync(cache, { recursive: true });
    this.folder = mkdtempSync(join(cache, 'house-'));
    cpSync(join(ROOT, 'src'), join(this.folder, 'src'), { recursive: true });
    for (const file of ['package.json', 'tsconfig.json']) cpSync(join(ROOT, file), join(this.folder, file));
  }

  /** Adds a folder to `src/`. */
  addFolder(from: string, name: string): void {
    cpSync(from, join(this.folder, 'src', name), { recursive: true });
  }

  /** Rewrites a source file. */
  edit(file: string, change: (text: string) => string): void {
    const path = join(this.folder, 'src', file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
    [this.former, this.program] = [this.program ?? this.former, undefined];
  }

  /** The compiler's errors in one source file; the rest of the program is not checked. */
  mistakesIn(file: string): string[] {
    const program = this.compile();
    const found = program.getSemanticDiagnostics(program.getSourceFile(join(this.folder, 'src', file)));
    return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  }

  /** Compiles the program to `dist/` with its templates. Each file is compiled by itself without type checks, which takes seconds only. */
  build(): void {
    // A single file below `node_modules` is not recognised as an ES module.
    const options = { ...this.configuration().options, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
    const [from, to] = [join(this.folder, 'src'), join(this.folder, 'dist')];
    cpSync(from, to, { recursive: true, filter: (path) => !path.endsWith('.ts') });
    for (const name of readdirSync(from, { recursive: true, encoding: 'utf8' }).filter((each) => /(?<!\.d)\.ts$/.test(each))) {
      const { outputText } = ts.transpileModule(readFileSync(join(from, name), 'utf8'), {
        fileName: join(from, name),
        compilerOptions: options,
      });
      writeFileSync(join(to, name.replace(/ts$/, 'js')), outputText);
    }
  }

  /** Imports a module of the built program. */
  load<Module>(file: string): Promise<Module> {
    return import(join(this.folder, 'dist', file)) as Promise<Module>;
  }

  /** Starts the built server and waits until it is ready. @returns its URL */
  async start(env: Record<string, string>): Promise<string> {
    const port = await freePort();
    this.server = spawn(process.execPath, [join(this.folder, 'dist/main.js')], {
      cwd: this.folder,
      env: { ...process.env, NODE_ENV: 'development', PORT: String(port), DATA_DIR: join(this.folder, 'data'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.server.stdout, this.server.stderr]) stream?.on('data', (chunk) => this.output.push(String(chunk)));
    const url = `http://localhost:${port}`;
    const isReady = async (): Promise<true | undefined> => {
      if (this.server?.exitCode != null) throw new Error(`The server has ended:\n${this.output.join('')}`);
      const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
      return answer?.ok === true ? true : undefined;
    };
    await poll('the server', isReady, START_MS);
    return url;
  }

  /** Adds a file to `src/`. */
  addFile(file: string, text: string): void {
    writeFileSync(join(this.folder, 'src', file), text);
  }

  /** Runs the built command line. @returns its standard output */
  runCommand(env: Record<string, string>, ...args: string[]): string {
    const cli = join(this.folder, 'dist/cli.js');
    return execFileSync(process.execPath, [cli, ...args], { cwd: this.folder, env: { ...process.env, ...env }, encoding: 'utf8' });
  }

  /** Kills the server (SIGKILL), and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.server === undefined) return;
    const ended = once(this.server, 'exit');
    this.server.kill('SIGKILL');
    await ended;
  }

  /** Stops the server and deletes the copy. */
  async clear(): Promise<void> {
    if (this.server !== undefined && this.server.exitCode === null && this.server.signalCode === null) {
      const ended = once(this.server, 'exit');
      this.server.kill();
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
    // Frees half a gigabyte, which the worker would otherwise keep.
    this.former = this.program = undefined;
  }

  private configuration(): { fileNames: string[]; options: ts.CompilerOptions } {
    const { config } = ts.readConfigFile(join(this.folder, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as { config: object };
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, this.folder);
    return { fileNames, options: { ...options, incremental: false, tsBuildInfoFile: undefined, sourceMap: false } };
  }

  private compile(): ts.Program {
    if (this.program !== undefined) return this.program;
    const { fileNames, options } = this.configuration();
    this.program = ts.createProgram(fileNames, options, undefined, this.former);
    return this.program;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
