import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../../common/export-part.js';
import { SessionsService } from './sessions.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;

class ExportedSessionView {
  @ApiProperty({ description: 'The `sid` of its access tokens.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'The API that opened the session.', example: 'latchkey' })
  clientId!: string;

  @ApiProperty({ description: 'IP address of the request, as far as known.', type: 'string', nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @ApiProperty({ description: '`User-Agent` of the request.', type: 'string', nullable: true, example: 'curl/8.5.0' })
  userAgent!: string | null;

  @ApiProperty({ description: 'Assurance level of the proofs that were shown: 1 to 3.', type: 'integer', example: 1 })
  aal!: number;

  @ApiProperty({ description: 'Methods of those proofs (RFC 8176).', type: [String], example: ['pwd'] })
  amr!: string[];

  @ApiProperty({ ...TIME, description: 'When somebody last showed a proof.' })
  authTime!: string;

  @ApiProperty({ ...TIME, description: 'When the session was opened.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When the session was last refreshed.' })
  lastUsedAt!: string;

  @ApiProperty({ ...TIME, description: 'When the session ends, or would have ended, without a refresh.' })
  expiresAt!: string;

  @ApiProperty({ ...TIME, description: 'When the session ended before that.', nullable: true })
  endedAt!: string | null;

  @ApiProperty({ description: 'Why the session ended.', type: 'string', nullable: true, example: 'sign-out' })
  endReason!: string | null;
}

export const SESSIONS_EXPORT: ExportedList<SessionsService, ExportedSessionView> = {
  position: 3,
  description: 'Sessions, including ended ones, the oldest first.',
  view: ExportedSessionView,
  tables: ['sessions'],
  source: SessionsService,
  each: (sessions, userId) => sessions.exportFor(userId),
};
