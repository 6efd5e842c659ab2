import { createNextAdapter } from '@latchkey/client/next';
import { cookies, headers } from 'next/headers';

/** Settings only: each request gets a client of its own. */
export const latchkey = createNextAdapter({ url: process.env['LATCHKEY_URL'] ?? 'http://localhost:3000', cookies, headers });
