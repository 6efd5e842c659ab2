import { AppError } from '../common/errors.js';

/** `scripts/pack-packages.mjs` did not run before this server started. */
export class PackagesNotBuiltError extends AppError {
  override readonly code = 'sdk.not_built';
  constructor(cause: unknown) {
    super('The packages are made by `npm run build`: run it on the server, and start the server again.', { cause });
  }
}
