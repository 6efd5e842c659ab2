import { createClient } from '@latchkey/client';
import { withSignIn } from '@latchkey/client/sign-in';

declare global {
  interface ImportMetaEnv {
    readonly VITE_LATCHKEY_URL?: string;
    readonly VITE_LATCHKEY_MODE?: string;
    readonly VITE_LATCHKEY_RETURN_TO?: string;
  }
}

const { VITE_LATCHKEY_URL, VITE_LATCHKEY_MODE, VITE_LATCHKEY_RETURN_TO } = import.meta.env;

/** Where the server is, without a slash at the end. */
export const serverUrl = (VITE_LATCHKEY_URL ?? 'http://localhost:3000').replace(/\/+$/, '');

/** Where the pages behind mailed links lead back to: an entry of the server's `RETURN_URLS`. */
export const returnTo = VITE_LATCHKEY_RETURN_TO;

/** All that the app needs to talk to it. In cookie mode no script, not even this one, sees the refresh token. */
export const latchkey = withSignIn(createClient({ url: serverUrl, mode: VITE_LATCHKEY_MODE === 'tokens' ? 'tokens' : 'cookie' }));
