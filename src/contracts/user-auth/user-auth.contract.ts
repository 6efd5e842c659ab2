import { AUTHORIZATION } from '../../common/access.js';
import type { Contract } from '../shared/contract.js';
import { renderFailure } from './user-auth.errors.js';
import { UserAuthModule } from './user-auth.module.js';

export const userAuth: Contract = {
  slug: 'user-auth',
  title: 'user-auth',
  description: `Accounts with a username and a mobile number, which are activated before they sign in.

Every operation accepts JSON, urlencoded and multipart bodies, with or without a trailing slash in its path. Failures are \`{message}\`;
those of tokens are \`{msg}\`. Access tokens are the server's own: they work in its other APIs, too.`,
  module: UserAuthModule,
  renderFailure,
  tokenPlace: AUTHORIZATION,
};
