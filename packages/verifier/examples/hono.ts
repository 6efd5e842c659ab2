import { Hono } from 'hono';
// In your own backend: from '@latchkey/verifier' and '@latchkey/verifier/hono'.
import { requireToken } from '../src/hono.js';
import type { Verifier } from '../src/index.js';

/** A backend whose notes are for people who are signed in to Latchkey. */
export function createBackend(verifier: Verifier) {
  return new Hono()
    .get('/notes', requireToken(verifier), (context) => context.json({ owner: context.get('claims').sub }))
    .delete('/notes', requireToken(verifier, { role: 'admin' }), (context) => context.body(null, 204));
}
