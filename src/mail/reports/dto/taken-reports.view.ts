import { ApiProperty } from '@nestjs/swagger';

/** What became of a provider's request. */
export class TakenReports {
  @ApiProperty({
    description: 'Number of bounces and complaints in the request; other events are left out.',
    type: 'integer',
    minimum: 0,
    example: 1,
  })
  reports!: number;
}
