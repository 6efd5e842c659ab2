import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Device } from './device.entity.js';
import { DeviceCookie } from './device-cookie.js';
import { DevicesController } from './devices.controller.js';
import { DevicesService } from './devices.service.js';

/** Devices that skip the second factor for a while. */
@Module({
  imports: [TypeOrmModule.forFeature([Device])],
  controllers: [DevicesController],
  providers: [DeviceCookie, DevicesService],
  exports: [DeviceCookie, DevicesService],
})
export class DevicesModule {}
