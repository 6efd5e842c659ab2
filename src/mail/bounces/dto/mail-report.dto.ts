import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import type { MailReport } from '../../deliveries.service.js';

const KINDS = ['bounce', 'complaint'] as const;

/** Report of a mail provider about one mail. */
export class MailReportBody implements MailReport {
  @ApiProperty({
    description: 'The `Message-ID` of the mail, with or without angle brackets.',
    example: '<019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11@accounts.example.com>',
    maxLength: 998,
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(998)
  messageId!: string;

  @ApiProperty({
    description: '`bounce`: the mail could not be delivered. `complaint`: its reader reported it as spam.',
    enum: KINDS,
    enumName: 'MailReportKind',
    example: 'bounce',
  })
  @IsIn(KINDS)
  kind!: (typeof KINDS)[number];

  @ApiPropertyOptional({
    description: 'The reason in the provider’s words; the server keeps the first 500 characters.',
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
