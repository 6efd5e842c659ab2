import { ApiProperty } from '@nestjs/swagger';
import type { SessionDetails } from '../sessions.repository.js';
import { describeUserAgent } from '../user-agent.js';

/** One signed-in device or app. */
export class SessionView {
  @ApiProperty({ format: 'uuid', description: 'The `sid` of its access tokens.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'Browser or program, and device, as far as known.', example: 'Chrome on macOS' })
  device!: string;

  @ApiProperty({ description: 'The API that opened the session: `latchkey` is this API, other names are contracts.', example: 'latchkey' })
  clientId!: string;

  @ApiProperty({ type: String, nullable: true, description: 'IP address from which the session was opened.', example: '203.0.113.7' })
  ip!: string | null;

  @ApiProperty({ format: 'date-time', type: String, description: 'When the session was opened.', example: '2026-01-05T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    format: 'date-time',
    type: String,
    description: 'When the session was last refreshed.',
    example: '2026-01-06T17:05:12.000Z',
  })
  lastUsedAt!: string;

  @ApiProperty({
    format: 'date-time',
    type: String,
    description: 'When the session ends unless it is refreshed before.',
    example: '2026-02-05T17:05:12.000Z',
  })
  expiresAt!: string;

  @ApiProperty({ description: 'Whether this request belongs to the session.', example: true })
  current!: boolean;
}

export class SessionListView {
  @ApiProperty({ type: [SessionView], description: 'The active sessions, the most recently used first.' })
  data!: SessionView[];
}

/** @param current id of the session that asks */
export function toSessionView(session: SessionDetails, current: string): SessionView {
  return {
    id: session.id,
    device: describeUserAgent(session.userAgent),
    clientId: session.clientId,
    ip: session.ip,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    expiresAt: session.expiresAt.toISOString(),
    current: session.id === current,
  };
}
