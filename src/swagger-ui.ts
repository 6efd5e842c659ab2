import { readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { contractsServed } from './app.module.js';
import type { Settings } from './config/settings.js';
import { createContractDocument } from './contract-document.js';
import { createOpenApiDocument } from './openapi.js';

/** Answers whatever stands at `path`: a document, a page or one of its files; false when nothing does. */
export type Documentation = (path: string, request: FastifyRequest, reply: FastifyReply) => Promise<boolean>;

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

const MEDIA_TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
};

/** Of the folder of Swagger UI, what its pages name. */
const ASSET = /^(?:swagger-ui(?:-bundle|-standalone-preset)?\.(?:css|js)|favicon-\d+x\d+\.png)$/;

/** Swagger UI with the document of the core and those of the contracts, each made when it is asked for. */
export function documentationOf(app: NestFastifyApplication, settings: Settings): Documentation {
  const pages = new Pages();
  const contracts = contractsServed(settings);
  pages.add('/docs', '/openapi', () => createOpenApiDocument(app, settings), {
    customSiteTitle: 'Latchkey API',
    explorer: contracts.length > 0,
    swaggerOptions: {
      urls: [
        { name: 'Latchkey', url: '/openapi.json' },
        ...contracts.map(({ title, slug }) => ({ name: title, url: `/docs/contracts/${slug}.json` })),
      ],
    },
  });
  for (const contract of contracts) {
    const path = `/docs/contracts/${contract.slug}`;
    pages.add(path, path, () => createContractDocument(app, contract, settings), { customSiteTitle: contract.title });
  }
  return (path, request, reply) => pages.answer(path, request, reply);
}

/** Takes what the library would put into the router of the server, which is closed by the time that it is loaded. */
class Pages {
  private readonly handlers = new Map<string, Handler>();
  private readonly assets = new Map<string, string>();

  /** @param document where it is served, without `.json` */
  add(
    path: string,
    document: string,
    make: () => ReturnType<typeof createOpenApiDocument>,
    options: NonNullable<Parameters<typeof SwaggerModule.setup>[3]>,
  ): void {
    const adapter = {
      get: (at: string, handler: Handler) => this.handlers.set(at, handler),
      getType: () => 'none',
      getRequestUrl: ({ originalUrl }: FastifyRequest) => originalUrl,
    };
    const app = {
      getHttpAdapter: () => adapter,
      useStaticAssets: (folder: string, { prefix }: { prefix: string }) => {
        for (const name of readdirSync(folder).filter((each) => ASSET.test(each))) this.assets.set(`${prefix}/${name}`, join(folder, name));
      },
    };
    SwaggerModule.setup(path, app as unknown as INestApplication, make, {
      ...options,
      jsonDocumentUrl: `${document}.json`,
      yamlDocumentUrl: `${document}.yaml`,
    });
  }

  async answer(path: string, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const handler = this.handlers.get(path);
    const asset = this.assets.get(path);
    if (handler !== undefined) await handler(request, reply);
    else if (asset !== undefined) void reply.type(MEDIA_TYPES[extname(asset)] ?? '').send(readFileSync(asset));
    return handler !== undefined || asset !== undefined;
  }
}
