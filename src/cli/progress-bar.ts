const WIDTH = 30;
/** Pause between two drawings, ms. */
const EVERY_MS = 100;

/** Shows on a terminal how far a command is; elsewhere it shows nothing, and never does on standard output. */
export class ProgressBar {
  private drawnAt = Number.NEGATIVE_INFINITY;
  private readonly startedAt = performance.now();

  constructor(private readonly terminal: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr) {}

  /**
   * @param share how much is done, from 0 to 1
   * @param count of what was done so far
   */
  show(share: number, count: number): void {
    if (!this.terminal.isTTY || performance.now() < this.drawnAt + EVERY_MS) return;
    this.drawnAt = performance.now();
    const full = Math.round(Math.min(1, share) * WIDTH);
    const perSecond = Math.round(count / Math.max(0.001, (this.drawnAt - this.startedAt) / 1_000));
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    this.terminal.write(`\r\u001B[2K${bar} ${Math.floor(share * 100)} %  ${count}  ${perSecond}/s`);
  }

  /** Takes the bar away again. */
  end(): void {
    if (this.terminal.isTTY && this.drawnAt > Number.NEGATIVE_INFINITY) this.terminal.write('\r\u001B[2K');
  }
}
