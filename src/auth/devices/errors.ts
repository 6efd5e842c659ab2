import { AppError } from '../../common/errors.js';

export class DeviceNotFoundError extends AppError {
  override readonly code = 'device.not_found';
  constructor() {
    super('Your account has no such device.');
  }
}
