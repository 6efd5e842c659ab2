import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../../common/export-part.js';
import { AUTHENTICATOR_TYPES, type AuthenticatorType } from '../../users/field-values.js';
import { AuthenticatorsService } from './authenticators.service.js';
import { RecoveryCodesService } from './recovery-codes.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;

class ExportedAuthenticatorView {
  @ApiProperty({ description: 'Its id.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'What it is.', enum: AUTHENTICATOR_TYPES, enumName: 'AuthenticatorType', example: 'totp' })
  type!: AuthenticatorType;

  @ApiProperty({ description: "The owner's word for it.", example: 'Phone' })
  name!: string;

  @ApiProperty({ ...TIME, description: 'When it was added.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When its owner showed that it works; null if they did not.', nullable: true })
  confirmedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When it was last used to sign in; null if never.', nullable: true })
  lastUsedAt!: string | null;
}

class ExportedRecoveryCodeView {
  @ApiProperty({ ...TIME, description: 'When it was made.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it was used; null if it still works.', nullable: true })
  usedAt!: string | null;
}

export const AUTHENTICATORS_EXPORT: ExportedList<AuthenticatorsService, ExportedAuthenticatorView> = {
  position: 3.2,
  description: 'Authenticators beside the password, the oldest first, without their secrets.',
  view: ExportedAuthenticatorView,
  tables: ['authenticators'],
  source: AuthenticatorsService,
  async *each(authenticators, userId) {
    for (const { id, type, name, createdAt, confirmedAt, lastUsedAt } of await authenticators.listAll(userId)) {
      yield { id, type, name, createdAt, confirmedAt, lastUsedAt };
    }
  },
};

export const RECOVERY_CODES_EXPORT: ExportedList<RecoveryCodesService, ExportedRecoveryCodeView> = {
  position: 3.4,
  description: 'Recovery codes, without the codes themselves: only a hash of each is kept.',
  view: ExportedRecoveryCodeView,
  tables: ['recovery_codes'],
  source: RecoveryCodesService,
  async *each(codes, userId) {
    for (const { createdAt, usedAt } of await codes.listAll(userId)) yield { createdAt, usedAt };
  },
};
