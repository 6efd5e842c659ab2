// Writes the OpenAPI documents to openapi/ (after `npm run build`). Needs no database: nothing of the server is started.
import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SETTINGS } from '../dist/capabilities.js';
import { AppModule } from '../dist/app.module.js';
import { loadSettings } from '../dist/config/load-settings.js';
import { createOpenApiDocuments } from '../dist/openapi/openapi.js';

// Everything that a server can have, the development mailbox and the contracts too.
const settings = loadSettings(SETTINGS, {
  NODE_ENV: 'test',
  DATABASE_URL: 'postgres://nobody@localhost/nothing',
  APP_SECRET: 'x'.repeat(32),
});
const app = await NestFactory.create(await AppModule.register(settings), new FastifyAdapter(), {
  preview: true,
  abortOnError: false,
  logger: false,
});
for (const [name, document] of await createOpenApiDocuments(app, settings)) {
  const file = `openapi/${name}.json`;
  mkdirSync(dirname(file), { recursive: true });
  // Relative, as nobody knows where a server will be; a contract's paths begin behind its prefix.
  document.servers = document.servers.map(({ url }) => ({ url: new URL(url).pathname, description: 'The server of this document' }));
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  console.log(file);
}
