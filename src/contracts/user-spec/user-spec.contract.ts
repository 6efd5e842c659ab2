import type { Contract } from '../shared/contract.js';
import { renderFailure } from './user-spec.errors.js';
import { UserSpecModule } from './user-spec.module.js';
import { TOKEN_PLACE } from './user-spec.token-place.js';

export const userSpec: Contract = {
  slug: 'user-spec',
  title: 'user-spec',
  description: `Accounts whose username is their e-mail address, and answers as \`{status, message, data, refrence, error}\`.

Every operation accepts JSON, urlencoded and multipart bodies, with or without a trailing slash in its path. The HTTP status is the
\`status\` of the body. Access, refresh and reset tokens go into \`Authorization\`, bare or after \`Bearer\`. Access tokens are the server's
own: they work in its other APIs, too.`,
  module: UserSpecModule,
  renderFailure,
  tokenPlace: TOKEN_PLACE,
};
