import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** An app in a process of its own. */
export class AppProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** Without a slash at the end. */
    readonly url: string,
  ) {}

  /** Starts a Node program that prints its URL, and waits for that. */
  static async start(program: string[], cwd: string, environment: Record<string, string>): Promise<AppProcess> {
    const child = spawn(process.execPath, program, { cwd, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /http:\/\/localhost:\d+/.exec(line)?.[0];
      if (url === undefined) continue;
      child.stdout.resume();
      return new AppProcess(child, url);
    }
    throw new Error(`The app ended before it had a URL: ${program.join(' ')}`);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null && this.child.kill('SIGKILL')) await ended;
  }
}
