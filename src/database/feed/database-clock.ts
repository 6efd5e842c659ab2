import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabaseService } from '../database.service.js';

/** One comparison of the two clocks, ms: database time minus monotonic time, and its uncertainty. */
interface Sample {
  offset: number;
  uncertainty: number;
}

/** Number of samples to compare: ten seconds of heartbeats. */
const MAX_SAMPLES = 20;

/** If two samples differ by more than their uncertainty plus this, ms, a clock was set. */
const STEP_MS = 50;

/**
 * The database's time of day. With it, nodes whose own clocks differ by minutes agree on what has expired.
 *
 * Among the last samples the one with the quickest round trip counts: a slow one measures the network more than the clock.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit {
  /** Database time minus this node's monotonic time, ms. */
  private offset = Date.now() - performance.now();
  private samples: Sample[] = [];

  constructor(private readonly database: DatabaseService) {}

  onModuleInit(): Promise<void> {
    return this.synchronise();
  }

  /** Milliseconds since 1970. */
  now(): number {
    return performance.now() + this.offset;
  }

  /** Whole seconds since 1970, as in JWTs (RFC 7519 §2, NumericDate). */
  nowSeconds(): number {
    return Math.floor(this.now() / 1_000);
  }

  /** Reads the database's clock over a connection of the pool. */
  async synchronise(): Promise<void> {
    const sentAt = performance.now();
    const [row] = await this.database.query<{ now: number }>('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now');
    if (row !== undefined) this.observe(row.now, sentAt, performance.now());
  }

  /**
   * Records a time that the database reported.
   * @param databaseNow the reported time, ms since 1970
   * @param sentAt when the request was sent, by `performance.now()`
   * @param receivedAt when the answer arrived, by `performance.now()`
   */
  observe(databaseNow: number, sentAt: number, receivedAt: number): void {
    // Assumes that the way back took half the round trip; the error is at most the other half in either direction.
    const sample = { offset: databaseNow - (sentAt + receivedAt) / 2, uncertainty: (receivedAt - sentAt) / 2 };
    const stepped = this.samples.some(
      ({ offset, uncertainty }) => Math.abs(offset - sample.offset) > uncertainty + sample.uncertainty + STEP_MS,
    );
    this.samples = stepped ? [sample] : [...this.samples.slice(1 - MAX_SAMPLES), sample];
    this.offset = this.samples.reduce((best, each) => (each.uncertainty < best.uncertainty ? each : best)).offset;
  }
}
