import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

export class DelayedResetView {
  @ApiProperty({
    description: 'From then on a reset needs no second factor, for three days. The server mails a link at that time.',
    format: 'date-time',
    example: '2026-03-02T09:30:00.000Z',
  })
  dueAt!: string;
}

export class StopReset {
  @ApiProperty({
    description: 'Token of the link in the mail that told of the reset.',
    maxLength: 100,
    example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  token!: string;
}
