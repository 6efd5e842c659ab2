import { AUTHORIZATION } from '../../common/access.js';
import type { Contract } from '../shared/contract.js';
import { renderFailure } from './sadhelx.errors.js';
import { SadhelxModule } from './sadhelx.module.js';

export const sadhelx: Contract = {
  slug: 'sadhelx',
  title: 'sadhelx',
  description: `Accounts with mailed codes and avatars, and answers as \`{status, msg, data}\`.

Every operation accepts JSON, urlencoded and multipart bodies, with or without a trailing slash in its path. \`status\` is a boolean; \`data\` is
missing if there is none. Failures are \`{status: false, msg}\`, including those that any operation can have: 404, 405, 413, 415, 429, 500, 503. Access tokens are the server's own: they work in its other APIs, too.`,
  module: SadhelxModule,
  renderFailure,
  tokenPlace: AUTHORIZATION,
};
