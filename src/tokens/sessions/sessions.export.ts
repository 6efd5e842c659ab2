import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../../common/export-part.js';
import { SessionsService } from './sessions.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;

class ExportedSessionView {
  @ApiProperty({ description: 'The `sid` of its access tokens.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'The app that was signed in to.', example: 'latchkey' })
  clientId!: string;

  @ApiProperty({ description: 'Where it came from, as far as it is known.', type: 'string', nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @ApiProperty({ description: 'What the browser or program called itself.', type: 'string', nullable: true, example: 'curl/8.5.0' })
  userAgent!: string | null;

  @ApiProperty({ ...TIME, description: 'When it was opened.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it was last refreshed.' })
  lastUsedAt!: string;

  @ApiProperty({ ...TIME, description: 'When it ends, or would have ended, without being refreshed.' })
  expiresAt!: string;

  @ApiProperty({ ...TIME, description: 'When it was ended before that.', nullable: true })
  endedAt!: string | null;

  @ApiProperty({ description: 'Why it was ended.', type: 'string', nullable: true, example: 'sign-out' })
  endReason!: string | null;
}

export const SESSIONS_EXPORT: ExportedList<SessionsService, ExportedSessionView> = {
  position: 3,
  description: 'Sessions, ended ones too, the oldest first.',
  view: ExportedSessionView,
  tables: ['sessions'],
  source: SessionsService,
  each: (sessions, userId) => sessions.exportFor(userId),
};
