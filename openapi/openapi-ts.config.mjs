import { readFileSync } from 'node:fs';
import { join } from 'node:path';

// Requests that the server sends are nothing to call; their bodies are among the schemas.
const { webhooks: _, ...document } = JSON.parse(readFileSync(join(import.meta.dirname, 'latchkey.json'), 'utf8'));

// The SDK has no types of headers, and hey-api complains of those that answers share.
delete document.components.headers;
for (const { responses } of Object.values(document.paths).flatMap((path) => Object.values(path)))
  for (const response of Object.values(responses)) delete response.headers;

/** What hey-api makes of the document of the core: the types of the SDK. Its operations are written by operations.mjs. */
export default {
  input: document,
  output: { path: process.env.SDK_OUTPUT ?? '../packages/client/src/generated', importFileExtension: '.js' },
  // For apps in browsers; the rest is for backends, operators and people with a browser.
  parser: { filters: { tags: { include: ['Auth', 'Sign-in', 'Users', 'Providers', 'Invitations', 'Books', 'Administration', 'Webhooks', 'Translations'] } } },
  plugins: ['@hey-api/typescript'],
};
