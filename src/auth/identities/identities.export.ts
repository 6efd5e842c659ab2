import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../../common/export-part.js';
import { IdentitiesService } from './identities.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;

const TEXT = { type: 'string', nullable: true } as const;

class ExportedProfileView {
  @ApiProperty({ ...TEXT, description: 'The whole name.', example: 'Ada Lovelace' })
  name!: string | null;

  @ApiProperty({ ...TEXT, description: 'First name.', example: 'Ada' })
  firstName!: string | null;

  @ApiProperty({ ...TEXT, description: 'Last name.', example: 'Lovelace' })
  lastName!: string | null;

  @ApiProperty({ ...TEXT, description: 'Address of the picture there.', example: 'https://pictures.example.com/ada.png' })
  picture!: string | null;
}

class ExportedIdentityView {
  @ApiProperty({ description: 'Its id.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'The provider.', example: 'google' })
  provider!: string;

  @ApiProperty({ description: 'Who vouches for it.', example: 'https://accounts.google.com' })
  issuer!: string;

  @ApiProperty({ description: 'What the provider calls its user.', example: '110169484474386276334' })
  subject!: string;

  @ApiProperty({ description: 'The address that the provider told last.', type: 'string', nullable: true, example: 'ada@example.com' })
  email!: string | null;

  @ApiProperty({ description: 'Whether the provider called the address proven.', example: true })
  emailVerified!: boolean;

  @ApiProperty({ description: 'What the provider told last of its user.', type: ExportedProfileView })
  profile!: ExportedProfileView;

  @ApiProperty({ ...TIME, description: 'When it was linked.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it last signed in; null if never.', nullable: true })
  lastUsedAt!: string | null;
}

export const IDENTITIES_EXPORT: ExportedList<IdentitiesService, ExportedIdentityView> = {
  position: 3.35,
  description: 'Accounts at other providers that sign in to this one, the oldest first.',
  view: ExportedIdentityView,
  tables: ['identities'],
  source: IdentitiesService,
  async *each(identities, userId) {
    for (const { id, provider, issuer, subject, email, emailVerified, profile, createdAt, lastUsedAt } of await identities.list(userId)) {
      yield { id, provider: provider.slug, issuer, subject, email, emailVerified, profile, createdAt, lastUsedAt };
    }
  },
};
