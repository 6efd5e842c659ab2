import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../../common/export-part.js';
import { ChallengesService } from './challenges.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;

class ExportedChallengeView {
  @ApiProperty({ description: 'Purpose of the code and link.', example: 'confirm-email' })
  purpose!: string;

  @ApiProperty({ description: 'Address to which they were sent.', example: 'ada@example.com' })
  address!: string;

  @ApiProperty({ description: 'Number of wrong codes entered.', type: 'integer', example: 0 })
  tries!: number;

  @ApiProperty({ ...TIME, description: 'When they were created.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'Until when they were valid.' })
  expiresAt!: string;

  @ApiProperty({ ...TIME, description: 'When they were used.', nullable: true })
  usedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When they became invalid for another reason.', nullable: true })
  supersededAt!: string | null;
}

export const CHALLENGES_EXPORT: ExportedList<ChallengesService, ExportedChallengeView> = {
  position: 4,
  description: 'Codes and links that were mailed, the oldest first; never the codes themselves.',
  view: ExportedChallengeView,
  tables: ['challenges'],
  source: ChallengesService,
  each: (challenges, userId) => challenges.exportFor(userId),
};
