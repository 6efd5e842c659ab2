import { type IncomingMessage, STATUS_CODES, type Server, type ServerResponse } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import findMyWay, { type HTTPMethod } from 'find-my-way';

/* eslint-disable typescript/no-explicit-any -- documents of every shape are walked */

/** The parts of an answer that an OpenAPI document describes. */
export interface CheckedAnswer {
  status: number;
  contentType: string | undefined;
  text: string;
}

const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * Problems that HTTP itself causes on any URL, before the operation is known or through headers that belong to no operation. The documents
 * do not list them.
 */
const OF_HTTP = new Set(['request.timeout', 'route.method_not_allowed']);

/** Compares answers with the OpenAPI document. */
export class AnswerCheck {
  private readonly router = findMyWay({ ignoreTrailingSlash: true, caseSensitive: true });
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true, validateSchema: false });
  private readonly compiled = new Map<string, ValidateFunction>();

  constructor(private readonly document: any) {
    formats.default(this.ajv, ['date-time', 'email', 'uri', 'uuid']);
    this.ajv.addSchema({ $id: 'document', components: { schemas: closed(document.components.schemas) } });
    for (const [path, item] of Object.entries<any>(document.paths)) {
      for (const verb of VERBS.filter((each) => item[each] !== undefined)) {
        this.router.on(verb.toUpperCase() as HTTPMethod, path.replaceAll(/\{(\w+)\}/g, ':$1'), () => {}, { path, verb });
      }
    }
  }

  /** The difference from the document in words; undefined if there is none, or if the URL is not an operation. */
  complaint(method: string, url: string, { status, contentType, text }: CheckedAnswer): string | undefined {
    const found = this.router.find(method as HTTPMethod, url);
    if (found === null || text === '' || status === 304) return undefined;
    const { path, verb } = found.store as { path: string; verb: string };
    const wrong = this.look(path, verb, status, contentType?.split(';')[0] ?? '', text);
    return wrong && `${method} ${path} answered ${status} ${STATUS_CODES[status]}, and ${wrong}: ${text.slice(0, 1_000)}`;
  }

  private look(path: string, verb: string, status: number, type: string, text: string): string | undefined {
    const isProblem = type === 'application/problem+json';
    const code = isProblem ? JSON.parse(text).code : undefined;
    if (OF_HTTP.has(code)) return undefined;
    const response = this.document.paths[path][verb].responses[status];
    if (response === undefined) return 'the document does not know this status';
    const media = response.content?.[type];
    if (media === undefined) return `the document knows no ${type} of this status`;
    if (isProblem && media.examples?.[code] === undefined) return `the document does not name ${code}`;
    if (!type.endsWith('json')) return undefined;
    const validate = this.validator(media.schema);
    return validate(JSON.parse(text)) ? undefined : this.ajv.errorsText(validate.errors, { dataVar: 'body' });
  }

  /** Most answers share a few schemas, so they are known by what they say. */
  private validator(schema: object): ValidateFunction {
    const text = JSON.stringify(schema).replaceAll('"#/components', '"document#/components');
    const known = this.compiled.get(text) ?? this.ajv.compile(JSON.parse(text) as object);
    this.compiled.set(text, known);
    return known;
  }
}

/** The same schemas, but objects with named properties reject all others, so that an undocumented field is an error. */
function closed(node: any): any {
  if (Array.isArray(node)) return node.map(closed);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === 'example' ? value : closed(value)]));
  return copy['type'] === 'object' && copy['properties'] !== undefined ? { additionalProperties: false, ...copy } : copy;
}

type Look = (method: string, url: string, answer: CheckedAnswer) => void;
type Any = (...args: unknown[]) => unknown;

/** Calls `look` for every answer of the server, injected or over the network. The text is passed for JSON only. */
export function watchAnswers(nest: NestFastifyApplication, look: Look): void {
  const fastify = nest.getHttpAdapter().getInstance();
  const inject = fastify.inject.bind(fastify) as (options: InjectOptions) => Promise<LightMyRequestResponse>;
  fastify.inject = (async (options: InjectOptions) => {
    const answer = await inject(options);
    const { method = 'GET', url } = options;
    const contentType = String(answer.headers['content-type']);
    if (typeof url === 'string') look(method, withoutDots(url), { status: answer.statusCode, contentType, text: answer.body });
    return answer;
  }) as never;
  const server: Server = nest.getHttpServer();
  server.prependListener('request', (request, reply) => watch(request, reply, look));
}

/** The URL that an injected request finally has: `/a/../b` becomes `/b`. */
function withoutDots(url: string): string {
  if (url.startsWith('//')) return url;
  const { pathname, search } = new URL(url, 'http://localhost');
  return pathname + search;
}

function watch({ method = '', url = '' }: IncomingMessage, reply: ServerResponse, look: Look): void {
  let contentType: string | undefined;
  const parts: Buffer[] = [];
  const before = (name: 'writeHead' | 'write' | 'end', spy: (args: unknown[]) => void): void => {
    const original = reply[name] as Any;
    reply[name] = ((...args: unknown[]) => {
      spy(args);
      return original.apply(reply, args);
    }) as never;
  };
  const keep = ([part]: unknown[]): void => {
    if (!contentType?.includes('json')) return;
    if (typeof part === 'string' || part instanceof Uint8Array) parts.push(Buffer.from(part as string));
  };
  before('writeHead', (args) => {
    // Node's response does not store headers passed to writeHead, and forgets all others after they are sent.
    const headers = args.find((each): each is Record<string, string> => typeof each === 'object' && each !== null);
    contentType = headers?.['content-type'] ?? reply.getHeader('content-type')?.toString();
  });
  before('write', keep);
  before('end', (args) => {
    keep(args);
    look(method, url, { status: reply.statusCode, contentType, text: Buffer.concat(parts).toString() });
  });
}
