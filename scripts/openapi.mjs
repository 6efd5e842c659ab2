// Writes the OpenAPI documents to openapi/ (after `npm run build`). It starts no server and needs no database.
import 'reflect-metadata';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { SETTINGS } from '../dist/capabilities.js';
import { AppModule } from '../dist/app.module.js';
import { loadSettings } from '../dist/config/load-settings.js';
import { createOpenApiDocuments } from '../dist/openapi/openapi.js';

// Enables every optional part of a server, including the development mailbox and the contracts.
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
  // Relative, because the server's address is unknown; the paths of a contract follow its prefix.
  document.servers = document.servers.map(({ url }) => ({ url: new URL(url).pathname, description: 'The server of this document' }));
  writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`);
  console.log(file);
}
