import { ApiProperty } from '@nestjs/swagger';
import { describeUserAgent } from '../../../tokens/sessions/user-agent.js';
import type { Device } from '../device.entity.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;

/** A remembered device as its owner sees it. */
export class DeviceView {
  @ApiProperty({ description: 'Id of the device.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'Browser and system, in words.', example: 'Firefox on Windows' })
  device!: string;

  @ApiProperty({ description: 'IP address from which it was remembered.', type: 'string', nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @ApiProperty({ ...TIME, description: 'When it was remembered.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it last skipped the second factor.' })
  lastUsedAt!: string;

  @ApiProperty({ ...TIME, description: 'Until when it skips the second factor.' })
  trustedUntil!: string;
}

export class DeviceListView {
  @ApiProperty({ description: 'The devices, the latest used first.', type: [DeviceView] })
  data!: DeviceView[];
}

export function toDeviceView({ id, userAgent, ip, createdAt, lastUsedAt, trustedUntil }: Device): DeviceView {
  return {
    id,
    device: describeUserAgent(userAgent),
    ip,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    trustedUntil: trustedUntil.toISOString(),
  };
}
