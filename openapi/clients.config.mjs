import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The document of the core, and those of the contracts. */
const DOCUMENTS = ['latchkey.json', ...readdirSync(join(import.meta.dirname, 'contracts')).map((name) => `contracts/${name}`)];

/** Clients of whole documents, which clients.mjs calls a server with. */
export default DOCUMENTS.map((document) => ({
  input: `./${document}`,
  output: { path: join(process.env.CLIENTS_OUTPUT, basename(document, '.json')), importFileExtension: '.js' },
  plugins: [{ name: '@hey-api/client-fetch', throwOnError: false }, '@hey-api/typescript', '@hey-api/sdk'],
}));
