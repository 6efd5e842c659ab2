import { sessionResponse } from '@latchkey/client/next';
import { latchkey } from '../../../latchkey';

/** An access token for scripts of the page that call other servers. */
export async function GET(): Promise<Response> {
  return sessionResponse(await latchkey.client());
}
