import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { ReturnTo } from '../../../challenges/dto/return-to.js';

export class LinkIdentity {
  @ApiProperty({ description: 'Slug of the provider.', maxLength: 40, example: 'google' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(40)
  provider!: string;

  @ReturnTo('Where the browser comes back to, one of the setting `RETURN_URLS`. Default: the first of them.')
  returnTo?: string;
}

export class IdentityLinkView {
  @ApiProperty({
    description:
      'Send the browser there. It comes back to `returnTo` with the parameter `identity`, the id of the linked identity, or with `error`, a code.',
    format: 'uri',
    example: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=1234',
  })
  redirectUrl!: string;

  @ApiProperty({ description: 'Until when it has to be back.', type: 'string', format: 'date-time', example: '2026-03-01T09:40:00.000Z' })
  expiresAt!: string;
}
