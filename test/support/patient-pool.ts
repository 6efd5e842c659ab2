import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { PATIENCE_MS } from './poll.js';

/**
 * Lets the server's pool wait for connections as long as tests wait for anything. A real server gives up after little more than a
 * second, and a busy machine needs that for a handful of requests at once.
 */
export function waitForConnections(app: INestApplicationContext): void {
  const { master } = app.get(DataSource).driver as unknown as { master: { options: { connectionTimeoutMillis: number } } };
  master.options.connectionTimeoutMillis = PATIENCE_MS;
}
