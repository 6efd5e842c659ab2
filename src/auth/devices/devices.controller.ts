import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { SignedIn, WhileRecovered } from '../../common/access.js';
import { ApiProblem } from '../../common/api-problem.js';
import { type Caller, From } from '../../common/caller.js';
import { CurrentUser, type Principal } from '../../common/principal.js';
import { DevicesService } from './devices.service.js';
import { DeviceListView, toDeviceView } from './dto/device.view.js';

/** Devices that skip the second factor, for their owner. */
@ApiTags('Users')
@Controller('v1/users/me/devices')
export class DevicesController {
  constructor(private readonly devices: DevicesService) {}

  @Get()
  @SignedIn()
  @ApiOperation({
    operationId: 'listDevices',
    summary: 'List my remembered devices',
    description:
      'Devices on which a sign-in does not ask for the second factor. All of them are forgotten with a new password, with "sign out everywhere", and when a factor is added or removed.',
  })
  @ApiOkResponse({ type: DeviceListView, description: 'The devices.' })
  @ApiProblem('access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async listDevices(@CurrentUser() user: Principal): Promise<DeviceListView> {
    const devices = await this.devices.list(user.userId);
    return { data: devices.map(toDeviceView) };
  }

  @Delete(':id')
  @SignedIn()
  @WhileRecovered()
  @HttpCode(204)
  @ApiOperation({
    operationId: 'forgetDevice',
    summary: 'Forget a device',
    description: 'The next sign-in on the device asks for the second factor again. Its sessions stay.',
  })
  @ApiParam({ name: 'id', format: 'uuid', description: 'From the list of devices.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  @ApiNoContentResponse({ description: 'The device is forgotten.' })
  @ApiProblem('device.not_found', 'access.unauthenticated', 'token.invalid', 'token.expired', 'token.revoked')
  async forgetDevice(@Param('id') id: string, @CurrentUser() user: Principal, @From() caller: Caller): Promise<void> {
    await this.devices.forget(user.userId, id, caller);
  }
}
