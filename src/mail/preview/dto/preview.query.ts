import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { LOCALE_DOC } from '../../../languages/overrides/dto/translation.dto.js';
import { LOCALES, type Locale } from '../../../languages/locales.js';

export const PREVIEW_VIEWS = ['light', 'dark', 'text'] as const;

/** How a mail is shown: its HTML on a light or a dark screen, or its plain text. */
export type PreviewView = (typeof PREVIEW_VIEWS)[number];

export class PreviewQuery {
  @ApiPropertyOptional({ ...LOCALE_DOC, type: String, description: `${LOCALE_DOC.description} Default: \`DEFAULT_LOCALE\`.` })
  @IsOptional()
  @IsIn(Object.keys(LOCALES))
  locale?: Locale;

  @ApiPropertyOptional({
    description: 'Kind of mail, or name of a text message; none: only the list.',
    example: 'confirm-email',
    maxLength: 128,
  })
  @IsOptional()
  @IsString()
  @MaxLength(128)
  mail?: string;

  @ApiPropertyOptional({
    description: 'HTML on a light screen, on a dark one, or plain text; default `light`.',
    enum: PREVIEW_VIEWS,
    enumName: 'PreviewView',
    example: 'dark',
  })
  @IsOptional()
  @IsIn(PREVIEW_VIEWS)
  view?: PreviewView;
}
