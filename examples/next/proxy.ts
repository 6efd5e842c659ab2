import { type NextRequest, NextResponse } from 'next/server';
import { latchkey } from './latchkey';

/** Refreshes the session before anything is rendered: pages cannot set cookies. */
export function proxy(request: NextRequest): Promise<Response> {
  return latchkey.handle(request, (_client, headers) => NextResponse.next({ request: { headers } }));
}

// Everything that may ask who is signed in; not the files of the app.
export const config = { matcher: ['/((?!_next/|favicon.ico).*)'] };
