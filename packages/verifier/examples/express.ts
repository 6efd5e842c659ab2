import express, { type Express } from 'express';
// In your own backend: from '@latchkey/verifier' and '@latchkey/verifier/node'.
import type { Verifier } from '../src/index.js';
import { claimsOf, requireToken } from '../src/node.js';

/** A backend whose notes are for people who are signed in to Latchkey. */
export function createBackend(verifier: Verifier): Express {
  const app = express();
  app.get('/notes', requireToken(verifier), (request, response) => void response.json({ owner: claimsOf(request).sub }));
  app.delete('/notes', requireToken(verifier, { role: 'admin' }), (_request, response) => void response.status(204).end());
  return app;
}
