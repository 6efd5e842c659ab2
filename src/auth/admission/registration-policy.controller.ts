import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../../common/access.js';
import { Settings } from '../../config/settings.js';
import { RegistrationPolicyView } from './dto/registration-policy.view.js';

@ApiTags('Auth')
@Controller('v1/registration')
export class RegistrationPolicyController {
  constructor(private readonly settings: Settings) {}

  @Get()
  @Public()
  @ApiOperation({
    operationId: 'getRegistrationPolicy',
    summary: 'Read who can register',
    description: 'For frontends: whether to offer a registration form, and what to say beside its address.',
  })
  @ApiOkResponse({ type: RegistrationPolicyView, description: 'Who can register.' })
  read(): RegistrationPolicyView {
    return { registration: this.settings.REGISTRATION, emailDomains: this.settings.REGISTRATION_DOMAINS };
  }
}
