import type { Capability, Declarations } from '../../common/capability.js';
import { publicEvent } from '../../common/event-row.js';
import { integer } from '../../config/setting.js';
import { Devices9014440000000 } from './migrations/14440-devices.js';

const declared = {
  settings: {
    REMEMBERED_DEVICE_DAYS: integer({
      default: 30,
      min: 0,
      max: 365,
      doc: 'How long a device skips the second factor after its owner asked for that at a sign-in; 0: never.',
    }),
  },
  errors: {
    'device.not_found': { status: 404, title: 'No such device', kind: 'not-found', advice: 'It may have been forgotten: reload the list.' },
  },
  events: {
    'device.remembered': publicEvent('A device skips the second factor from now on.', {
      facts: { deviceId: { type: 'id', doc: 'The device.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44' } },
    }),
    'device.forgotten': publicEvent('One or more devices do not skip the second factor any more.', {
      facts: {
        deviceId: { type: 'id', doc: 'The device, if it was one.', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a44', optional: true },
        count: { type: 'number', doc: 'How many, if it was all of them.', example: 2, optional: true },
      },
    }),
  },
} as const satisfies Declarations;

declare module '../../common/declared.js' {
  interface Declared {
    devices: typeof declared;
  }
}

/** Remembered devices. */
export const devices = {
  name: 'devices',
  folder: import.meta.dirname,
  module: async () => (await import('./devices.module.js')).DevicesModule,
  migrations: [Devices9014440000000],
  exports: { devices: async () => (await import('./devices.export.js')).DEVICES_EXPORT },
  ...declared,
} as const satisfies Capability;
