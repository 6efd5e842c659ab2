import type { Contract } from '../shared/contract.js';
import { renderFailure } from './test-library.errors.js';
import { TestLibraryModule } from './test-library.module.js';
import { ACCESS_TOKEN } from './test-library.token-place.js';

export const testLibrary: Contract = {
  slug: 'test-library',
  title: 'test-library',
  description: `Readers and books of a library, with integer ids, dates as HTTP writes them, and answers as \`{message, result, status}\`.

Every operation takes JSON, urlencoded and multipart bodies alike, with or without a slash at the end of its path. The access token goes
into the header \`access_token\`, alone or after \`Bearer \`. Failures are \`{message, status}\`; those of tokens are \`{msg}\`. Access tokens are
the server's own: they work in its other APIs, too.`,
  module: TestLibraryModule,
  renderFailure,
  tokenPlace: ACCESS_TOKEN,
};
