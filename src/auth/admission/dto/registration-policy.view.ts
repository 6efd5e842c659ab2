import { ApiProperty } from '@nestjs/swagger';
import type { SettingValues } from '../../../common/declared.js';

export class RegistrationPolicyView {
  @ApiProperty({
    enum: ['open', 'closed'],
    enumName: 'RegistrationMode',
    description: '`open`: anybody can register. `closed`: nobody; show no registration form.',
    example: 'open',
  })
  registration!: SettingValues['REGISTRATION'];

  @ApiProperty({
    type: [String],
    description: 'Domains of the e-mail addresses that can register; `*.example.org` are all domains below it. Empty: all.',
    example: ['example.com'],
  })
  emailDomains!: string[];
}
