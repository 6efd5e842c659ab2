import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList } from '../../common/export-part.js';
import { DeviceView, toDeviceView } from './dto/device.view.js';
import { DevicesService } from './devices.service.js';

class ExportedDevice extends DeviceView {
  @ApiProperty({
    description: 'The `User-Agent` that it sent.',
    type: 'string',
    nullable: true,
    example: 'Mozilla/5.0 (X11; Linux x86_64)',
  })
  userAgent!: string | null;
}

/** Remembered devices. */
export const DEVICES_EXPORT: ExportedList<DevicesService, ExportedDevice> = {
  position: 3.5,
  description: 'Devices on which a sign-in does not ask for the second factor.',
  view: ExportedDevice,
  tables: ['devices'],
  source: DevicesService,
  async *each(devices, userId) {
    for (const device of await devices.list(userId)) yield { ...toDeviceView(device), userAgent: device.userAgent };
  },
};
