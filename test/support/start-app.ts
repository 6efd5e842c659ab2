import 'reflect-metadata';
import { SETTINGS } from '../../src/capabilities.js';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import { Pool } from 'pg';
import { createApp, stopApp } from '../../src/app.js';
import { JsonLogger } from '../../src/common/logger.js';
import { loadSettings } from '../../src/config/load-settings.js';
import type { Settings } from '../../src/config/settings.js';
import type { Patience } from '../../src/http/http-server.js';
import { createOpenApiDocument } from '../../src/openapi/openapi.js';
import { AnswerCheck, watchAnswers } from './answer-check.js';
import { createDatabase } from './databases.js';
import { TestMailbox } from './mailbox.js';

/** Where the server under test believes to be reached. */
export const PUBLIC_URL = 'https://accounts.latchkey.test';

/** An answer, with its body parsed if it is JSON. */
export interface Answer {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  // eslint-disable-next-line no-explicit-any -- tests look into bodies of every shape
  body: any;
  text: string;
}

export interface CallOptions extends Omit<InjectOptions, 'method' | 'url' | 'body'> {
  /** Access token, sent as Bearer. */
  token?: string | undefined;
  body?: unknown;
}

/** The server on a database of its own, as `main.ts` would run it. */
export class TestApp {
  readonly mailbox: TestMailbox;
  /** Where an answer was not as the OpenAPI document has it. */
  private readonly complaints: string[] = [];
  private check: AnswerCheck | undefined;

  constructor(
    readonly nest: NestFastifyApplication,
    readonly settings: Settings,
    /** For looking at tables; the server has a pool of its own. */
    readonly db: Pool,
    readonly logs: string[],
  ) {
    this.mailbox = new TestMailbox(this);
    watchAnswers(nest, (method, answerUrl, answer) => {
      this.check ??= new AnswerCheck(createOpenApiDocument(nest, settings));
      const complaint = this.check.complaint(method, answerUrl, answer);
      if (complaint !== undefined) this.complaints.push(complaint);
    });
  }

  async call(
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS',
    url: string,
    { token, body, headers, ...rest }: CallOptions = {},
  ): Promise<Answer> {
    const answer = await this.nest.inject({
      method,
      url,
      headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
      ...rest,
    });
    const isJson = /json/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: isJson && answer.body !== '' ? answer.json() : undefined,
    };
  }

  get(url: string, options?: CallOptions): Promise<Answer> {
    return this.call('GET', url, options);
  }

  post(url: string, body?: unknown, options?: CallOptions): Promise<Answer> {
    return this.call('POST', url, { ...options, body });
  }

  /** Rows of a query, for asserting on what is stored. */
  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.db.query<Row>(sql, values)).rows;
  }

  /** @throws Error if an answer was not as documented; tests need not look for that themselves */
  async stop(): Promise<void> {
    await stopApp(this.nest);
    await this.db.end();
    if (this.complaints.length > 0) throw new Error(`Not as documented:\n${[...new Set(this.complaints)].join('\n')}`);
  }
}

/**
 * Starts the server. `environment` overrides single settings; `databaseUrl` joins a database that another node uses; `patience` is
 * how long slow senders are waited for.
 */
export async function startApp(environment: Record<string, string> = {}, databaseUrl?: string, patience?: Patience): Promise<TestApp> {
  const url = databaseUrl ?? (await createDatabase());
  const settings = loadSettings(SETTINGS, {
    NODE_ENV: 'test',
    PUBLIC_URL,
    DATABASE_URL: url,
    DATABASE_POOL_SIZE: '5',
    APP_SECRET: 'only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz',
    RATE_LIMIT: 'off',
    // The example in the documentation of `returnTo`.
    RETURN_URLS: 'https://app.example.com/welcome',
    LOG_LEVEL: 'debug',
    CONTRACTS: 'none',
    ...environment,
  });
  const logs: string[] = [];
  const app = await createApp(settings, new JsonLogger(settings.LOG_LEVEL, { write: (line) => void logs.push(line) }), patience);
  return new TestApp(app, settings, new Pool({ connectionString: url, max: 3 }), logs);
}
