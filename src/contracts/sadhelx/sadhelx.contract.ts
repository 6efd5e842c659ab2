import { AUTHORIZATION } from '../../common/access.js';
import type { Contract } from '../shared/contract.js';
import { renderFailure } from './sadhelx.errors.js';
import { SadhelxModule } from './sadhelx.module.js';

export const sadhelx: Contract = {
  slug: 'sadhelx',
  title: 'sadhelx',
  description: `Accounts with mailed codes and avatars, and answers as \`{status, msg, data}\`.

Every operation takes JSON, urlencoded and multipart bodies alike, with or without a slash at the end of its path. \`status\` is a boolean; \`data\` is
left out where there is none. Failures are \`{status: false, msg}\`, also those that any operation can have: 404, 405, 413, 415, 429, 500, 503. Access tokens are the server's own: they work in its other APIs, too.`,
  module: SadhelxModule,
  renderFailure,
  tokenPlace: AUTHORIZATION,
};
