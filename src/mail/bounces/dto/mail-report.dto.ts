import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import type { MailReport } from '../../deliveries.service.js';

const KINDS = ['bounce', 'complaint'] as const;

/** What a mail provider reports about one mail. */
export class MailReportBody implements MailReport {
  @ApiProperty({
    description: 'The `Message-ID` of the mail as it was handed over, with or without angle brackets.',
    example: '<019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11@accounts.example.com>',
    maxLength: 998,
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(998)
  messageId!: string;

  @ApiProperty({
    description: '`bounce`: it came back. `complaint`: its reader called it spam.',
    enum: KINDS,
    enumName: 'MailReportKind',
    example: 'bounce',
  })
  @IsIn(KINDS)
  kind!: (typeof KINDS)[number];

  @ApiPropertyOptional({
    description: 'Why, in the provider’s words; the first 500 characters are kept.',
    example: '550 5.1.1 no such mailbox',
    maxLength: 5_000,
    nullable: true,
    type: String,
  })
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  detail?: string | null;
}
