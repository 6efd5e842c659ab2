import type { ContractSlug } from '../../src/contracts/shared/contract-slugs.js';
import { type Answer, type TestApp, sharedApp, startApp } from './start-app.js';

/** The three body formats that every operation of a contract accepts. */
export const BODY_FORMATS = ['json', 'urlencoded', 'multipart'] as const;
export type BodyFormat = (typeof BODY_FORMATS)[number];

interface SendOptions {
  /** Body format; a file requires multipart. */
  format?: BodyFormat;
  /** Sent as `Authorization: Bearer`. */
  token?: string | undefined;
  headers?: Record<string, string>;
  /** Field name and content. */
  file?: { field: string; name?: string; content: Buffer };
  /** The client's address. */
  remoteAddress?: string;
}

/** A frontend of a contract: sends fields in any format to paths below the contract. */
export class ContractClient {
  constructor(
    private readonly app: TestApp,
    private readonly slug: ContractSlug,
  ) {}

  get(path: string, options: SendOptions = {}): Promise<Answer> {
    return this.send('GET', path, undefined, options);
  }

  async send(
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    fields?: Record<string, unknown>,
    { format = 'json', token, headers = {}, file, ...from }: SendOptions = {},
  ): Promise<Answer> {
    const encoded =
      fields === undefined && file === undefined ? {} : await encode(fields ?? {}, file === undefined ? format : 'multipart', file);
    return this.app.call(method, `/contracts/${this.slug}${path}`, {
      token,
      ...from,
      ...encoded,
      headers: { ...encoded.headers, ...headers },
    });
  }
}

/** The server with all contracts. Pass settings or a database URL to start a separate one. */
export function startContracts(environment?: Record<string, string>, databaseUrl?: string): Promise<TestApp> {
  const all = { CONTRACTS: 'all', ...environment };
  return environment === undefined && databaseUrl === undefined ? sharedApp(all) : startApp(all, databaseUrl);
}

async function encode(
  fields: Record<string, unknown>,
  format: BodyFormat,
  file?: SendOptions['file'],
): Promise<{ body?: unknown; headers?: Record<string, string> }> {
  switch (format) {
    case 'json':
      return { body: fields };
    case 'urlencoded': {
      const body = new URLSearchParams(Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)])).toString();
      return { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    }
    case 'multipart': {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, String(value));
      if (file !== undefined) form.append(file.field, new Blob([new Uint8Array(file.content)]), file.name ?? 'picture.png');
      const request = new Request('http://localhost', { method: 'POST', body: form });
      return { body: Buffer.from(await request.arrayBuffer()), headers: { 'content-type': String(request.headers.get('content-type')) } };
    }
  }
}
