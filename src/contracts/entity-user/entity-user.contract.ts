import { AUTHORIZATION } from '../../common/access.js';
import type { Contract } from '../shared/contract.js';
import { renderFailure } from './entity-user.errors.js';
import { EntityUserModule } from './entity-user.module.js';

export const entityUser: Contract = {
  slug: 'entity-user',
  title: 'entity-user',
  description: `Accounts with form bodies and answers as \`{data, message}\`.

Every operation accepts JSON, urlencoded and multipart bodies, with or without a trailing slash in its path. Failures are HTTP 400 with
\`{data: [], message}\`; those of tokens are \`{msg}\`. Access tokens are the server's own: they work in its other APIs, too.`,
  module: EntityUserModule,
  renderFailure,
  tokenPlace: AUTHORIZATION,
};
