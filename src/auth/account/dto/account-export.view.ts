import { ApiProperty } from '@nestjs/swagger';

/** Everything that is kept of an account. Its other members are what the capabilities tell of it. */
export class AccountExportView {
  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z', description: 'When the export started.' })
  exportedAt!: string;
}
