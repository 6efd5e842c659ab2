// In your own app: from '@latchkey/verifier' and '@latchkey/verifier/fetch'.
import { withToken } from '../src/fetch.js';
import type { Verifier } from '../src/index.js';

/** What `app/notes/route.ts` exports as GET and DELETE. */
export function createRoutes(verifier: Verifier) {
  return {
    GET: withToken(verifier, (_request, claims) => Response.json({ owner: claims.sub })),
    DELETE: withToken(verifier, () => new Response(null, { status: 204 }), { role: 'admin' }),
  };
}
