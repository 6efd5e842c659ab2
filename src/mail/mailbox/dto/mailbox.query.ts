import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';

export class ListMailboxQuery {
  @ApiPropertyOptional({ description: 'Only mails to this address, in upper or lower case.', example: 'ada@example.com', maxLength: 320 })
  @IsOptional()
  @IsString()
  @MaxLength(320)
  to?: string;
}

export const MESSAGE_VIEWS = ['html', 'text', 'headers'] as const;

export class ShowMessageQuery {
  @ApiPropertyOptional({
    description: 'The version of the mail to show; default `html` if the mail has one.',
    enum: MESSAGE_VIEWS,
    enumName: 'MessageView',
    example: 'text',
  })
  @IsOptional()
  @IsIn(MESSAGE_VIEWS)
  view?: (typeof MESSAGE_VIEWS)[number];
}
