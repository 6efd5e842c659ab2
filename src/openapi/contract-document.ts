import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { prefixOf } from '../contracts/contracts.js';
import type { Contract } from '../contracts/shared/contract.js';
import type { Settings } from '../config/settings.js';

/** The OpenAPI document of a wire contract. Its paths are those of the contract's own document; the prefix is part of the server URL. */
export function createContractDocument(app: NestFastifyApplication, contract: Contract, settings: Settings): OpenAPIObject {
  const { slug, title, description, module, tokenPlace } = contract;
  const prefix = prefixOf(contract);
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(title)
    .setDescription(description)
    .setVersion('1.0.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer(`${settings.PUBLIC_URL}${prefix}`, 'This server')
    .addTag(slug, `The operations in the document of \`${slug}\`.`);
  const token = 'The access token of a login.';
  if (tokenPlace.header === 'authorization') {
    builder.addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: token });
  } else {
    builder.addApiKey({ type: 'apiKey', in: 'header', name: tokenPlace.header, description: token }, 'bearer');
  }
  const document = SwaggerModule.createDocument(app, builder.build(), { include: [module] });
  document.paths = Object.fromEntries(
    Object.entries(document.paths).map(([path, item]) => [path.slice(prefix.length).replace(/(?<=.)\/$/, '') || '/', item]),
  );
  // Does not repeat what the contract's own document says about an operation.
  for (const operation of Object.values(document.paths).flatMap((item) => Object.values(item) as { description?: string }[])) {
    operation.description ||= `As the document of \`${slug}\` describes it.`;
  }
  document.info.contact = { name: 'Whoever runs this server' };
  return document;
}
