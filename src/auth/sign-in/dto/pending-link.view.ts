import { ApiProperty } from '@nestjs/swagger';

/** An account at an identity provider that is linked when the sign-in is complete. */
export class PendingLinkView {
  @ApiProperty({ description: 'Slug of the provider.', example: 'google' })
  provider!: string;

  @ApiProperty({ description: 'The address that it has there; null for none.', type: 'string', nullable: true, example: 'ada@example.com' })
  email!: string | null;
}
