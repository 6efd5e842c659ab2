import { succeeded } from './user-spec.mapper.js';

/** Beginning of tokens, as placeholders. */
const ACCESS_TOKEN = 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9…';
const REFRESH_TOKEN = 'lkr_…';

/** With the trailing comma of the document. */
export const RESET_REQUESTED =
  'If the account is already registered, we have sent a password reset link to your email so you can change the new password,';

/** The document's own examples, for the OpenAPI document. */
export const EXAMPLES = {
  registered: succeeded('successfully created', { username: 'example@gmail.com' }),
  loggedIn: succeeded('successfully login', { access_token: ACCESS_TOKEN, refresh_token: REFRESH_TOKEN }),
  verified: succeeded('token verified'),
  refreshed: succeeded('successfully refresh access_token', { access_token: ACCESS_TOKEN }),
  resetRequested: succeeded(RESET_REQUESTED),
  passwordUpdated: succeeded('password successfully updated'),
};
