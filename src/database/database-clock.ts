import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabaseService } from './database.service.js';

/**
 * The database's time of day. Nodes whose own clocks are minutes apart agree by it on what has expired.
 */
@Injectable()
export class DatabaseClock implements OnModuleInit {
  /** Database time minus this node's monotonic time, ms. */
  private offset = Date.now() - performance.now();

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

  /** Reads the database's clock; half the round trip is taken for the way back. */
  async synchronise(): Promise<void> {
    const before = performance.now();
    const [row] = await this.database.query<{ now: number }>('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now');
    const after = performance.now();
    if (row !== undefined) this.offset = row.now - (before + after) / 2;
  }
}
