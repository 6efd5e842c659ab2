import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../../../common/export-part.js';
import { makerOf } from './makers.js';
import { PasskeysService } from './passkeys.service.js';

class ExportedPasskeyView {
  @ApiProperty({ description: 'Id of the authenticator.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'Who made the authenticator, as far as known.', type: 'string', nullable: true, example: '1Password' })
  maker!: string | null;

  @ApiProperty({
    description: 'Id of the model of the authenticator (AAGUID).',
    format: 'uuid',
    example: 'bada5566-a7aa-401f-bd96-45619a55120d',
  })
  aaguid!: string;

  @ApiProperty({ description: 'How browsers reach the authenticator.', type: [String], example: ['internal', 'hybrid'] })
  transports!: string[];

  @ApiProperty({ description: 'Whether it may exist on several devices.', example: true })
  backupEligible!: boolean;

  @ApiProperty({ description: 'Whether there is a copy.', example: true })
  backedUp!: boolean;
}

export const PASSKEYS_EXPORT: ExportedList<PasskeysService, ExportedPasskeyView> = {
  position: 3.3,
  description: 'Passkeys, the oldest first, without their keys; `authenticators` has their names and times.',
  view: ExportedPasskeyView,
  // The table has no id of an account; that of authenticators does.
  tables: [],
  source: PasskeysService,
  async *each(passkeys, userId) {
    for (const { authenticatorId: id, aaguid, transports, backupEligible, backedUp } of await passkeys.list(userId)) {
      yield { id, maker: makerOf(aaguid), aaguid, transports, backupEligible, backedUp };
    }
  },
};
