import { ApiProperty } from '@nestjs/swagger';
import type { SettingValues } from '../../../common/declared.js';

export class RegistrationPolicyView {
  @ApiProperty({
    enum: ['open', 'invited', 'closed'],
    enumName: 'RegistrationMode',
    description:
      '`open`: anybody can register. `invited`: only people with an invitation, by its link, a mailed code or a provider; show no registration form. `closed`: nobody but by the link of an invitation.',
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
