import type { Contract } from '../shared/contract.js';
import { renderFailure } from './test-library.errors.js';
import { TestLibraryModule } from './test-library.module.js';
import { ACCESS_TOKEN } from './test-library.token-place.js';

export const testLibrary: Contract = {
  slug: 'test-library',
  title: 'test-library',
  description: `Readers and books of a library, with integer ids, dates in the format of HTTP headers, and answers as \`{message, result, status}\`.

Every operation accepts JSON, urlencoded and multipart bodies, with or without a trailing slash in its path. The access token goes
into the header \`access_token\`, alone or after \`Bearer \`. Failures are \`{message, status}\`; those of tokens are \`{msg}\`. Access tokens are
the server's own: they work in its other APIs, too.`,
  module: TestLibraryModule,
  renderFailure,
  tokenPlace: ACCESS_TOKEN,
};
