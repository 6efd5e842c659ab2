import { ApiProperty } from '@nestjs/swagger';
import { LinkTokenField } from '../../challenges/link-token-field.js';

export class DelayedResetView {
  @ApiProperty({
    description: 'From then on a reset needs no second factor, for three days. The server mails a link at that time.',
    format: 'date-time',
    example: '2026-03-02T09:30:00.000Z',
  })
  dueAt!: string;
}

export class StopReset {
  @LinkTokenField('Token of the link in the mail that told of the reset.')
  token!: string;
}
