const WIDTH = 30;
/** Pause between two updates, ms. */
const EVERY_MS = 100;

/** Shows the progress of a command on a terminal, never on standard output. Without a terminal it shows nothing. */
export class ProgressBar {
  private drawnAt = Number.NEGATIVE_INFINITY;
  private readonly startedAt = performance.now();

  constructor(private readonly terminal: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr) {}

  /**
   * @param share completed share, from 0 to 1
   * @param count number of completed items
   */
  show(share: number, count: number): void {
    if (!this.terminal.isTTY || performance.now() < this.drawnAt + EVERY_MS) return;
    this.drawnAt = performance.now();
    const full = Math.round(Math.min(1, share) * WIDTH);
    const perSecond = Math.round(count / Math.max(0.001, (this.drawnAt - this.startedAt) / 1_000));
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    this.terminal.write(`\r\u001B[2K${bar} ${Math.floor(share * 100)} %  ${count}  ${perSecond}/s`);
  }

  /** Removes the bar. */
  end(): void {
    if (this.terminal.isTTY && this.drawnAt > Number.NEGATIVE_INFINITY) this.terminal.write('\r\u001B[2K');
  }
}
