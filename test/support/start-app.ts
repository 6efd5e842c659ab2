import 'reflect-metadata';
import { SETTINGS } from '../../src/capabilities.js';
import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import type { InjectOptions } from 'fastify';
import { Pool } from 'pg';
import { createApp, stopApp } from '../../src/app.js';
import { BoundedEvents } from '../../src/audit/bounded-events.service.js';
import { JsonLogger } from '../../src/common/logger.js';
import { loadSettings } from '../../src/config/load-settings.js';
import type { Settings } from '../../src/config/settings.js';
import type { Patience } from '../../src/http/http-server.js';
import { LOCALES, type Locale } from '../../src/languages/locales.js';
import { KnownTranslations } from '../../src/languages/overrides/known-translations.service.js';
import { type DocumentSettings, createOpenApiDocument } from '../../src/openapi/openapi.js';
import { AnswerCheck, watchAnswers } from './answer-check.js';
import { createDatabase } from './databases.js';
import { TestMailbox } from './mailbox.js';
import { waitForDatabase } from './patient-pool.js';
import { emptyDatabase } from './tables.js';

/** `PUBLIC_URL` of the server under test. */
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

/** The server, configured like in `main.ts`, with its own database. */
export class TestApp {
  readonly mailbox: TestMailbox;
  /** Differences between answers and the OpenAPI document. */
  private complaints: string[] = [];
  private check: AnswerCheck | undefined;

  constructor(
    readonly nest: NestFastifyApplication,
    readonly settings: Settings,
    /** For reading tables; the server has its own pool. */
    readonly db: Pool,
    readonly logs: string[],
    /** Passes the server on to the next test file; without this function `stop` ends it. */
    private readonly giveBack?: (app: TestApp) => Promise<void>,
  ) {
    this.mailbox = new TestMailbox(this);
    watchAnswers(nest, (method, answerUrl, answer) => {
      this.check ??= answerCheckOf(nest, settings);
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

  /** Listens on a free port of this machine, if it does not yet; its URL. */
  async listen(): Promise<string> {
    const server: Server = this.nest.getHttpServer();
    if (!server.listening) await this.nest.listen(0, '127.0.0.1');
    return this.nest.getUrl();
  }

  /**
   * Rows of one statement, for assertions on stored data. Where it names no order, the last row comes first: PostgreSQL answers in any order, mostly
   * that of writing, and a test must not come to rely on that.
   */
  async rows<Row extends object>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const { rows } = await this.db.query<Row>(sql, values);
    return /\bORDER BY\b/.test(sql) ? rows : rows.toReversed();
  }

  /** Restores the state of a server just started on a new database. */
  async empty(): Promise<void> {
    await this.nest.get(BoundedEvents).flush();
    await emptyDatabase(this);
    await this.nest.get(KnownTranslations).reload(...(Object.keys(LOCALES) as Locale[]));
    this.mailbox.clear();
    this.logs.length = 0;
    // Static loggers write to the server that was started last.
    this.nest.useLogger(loggerInto(this.logs, this.settings));
  }

  /** Ends the server, shared or not. */
  async end(): Promise<void> {
    await stopApp(this.nest);
    await this.db.end();
  }

  /** Ends the server or passes it on. @throws Error if an answer differed from its documentation, so tests need not check that */
  async stop(): Promise<void> {
    await (this.giveBack === undefined ? this.end() : this.giveBack(this));
    const complaints = [...new Set(this.complaints)];
    this.complaints = [];
    if (complaints.length > 0) throw new Error(`Not as documented:\n${complaints.join('\n')}`);
  }
}

/** Answer checks by what their document depends on: making one takes half a second. */
const checks = new Map<string, AnswerCheck>();

function answerCheckOf(nest: NestFastifyApplication, settings: Settings): AnswerCheck {
  const { PUBLIC_URL: publicUrl, CONTRACTS, DEFAULT_LOCALE } = settings;
  const read: DocumentSettings = { PUBLIC_URL: publicUrl, CONTRACTS, DEFAULT_LOCALE };
  const controllers = [...nest.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].map(({ name }) => name),
  );
  const key = JSON.stringify([read, controllers]);
  const check = checks.get(key) ?? new AnswerCheck(createOpenApiDocument(nest, read));
  checks.set(key, check);
  return check;
}

/** Servers that are kept for later files: each goes on with its heartbeats and its looks into the queue. */
const MOST_IDLE = 2;

/** Servers that no test file is using, with their settings; the one given back last comes last. */
const idle: { key: string; app: TestApp }[] = [];

/**
 * A server that the test files of a worker share one after the other, emptied in between, because a start takes a second. Use it for tests
 * that send requests and read or write rows. Tests that change tables, keys or the server itself need `startApp`.
 */
export async function sharedApp(environment: Record<string, string> = {}): Promise<TestApp> {
  const key = JSON.stringify(environment);
  const index = idle.findLastIndex((each) => each.key === key);
  const [known] = index === -1 ? [] : idle.splice(index, 1);
  if (known === undefined) return startApp(environment, undefined, { giveBack: (app) => keep({ key, app }) });
  await known.app.empty();
  return known.app;
}

async function keep(server: { key: string; app: TestApp }): Promise<void> {
  idle.push(server);
  if (idle.length > MOST_IDLE) await idle.shift()?.app.end();
}

function loggerInto(logs: string[], { LOG_LEVEL }: Settings): JsonLogger {
  return new JsonLogger(LOG_LEVEL, { write: (line) => void logs.push(line) });
}

interface StartOptions {
  /** How long the server waits for slow senders. */
  patience?: Patience;
  /** Use production's time limits for connections and locks; only for tests of these limits. */
  isHurried?: boolean;
  /** Called instead of ending the server. */
  giveBack?: (app: TestApp) => Promise<void>;
}

/** Starts the server. `environment` overrides settings; `databaseUrl` shares the database of another node. */
export async function startApp(
  environment: Record<string, string> = {},
  databaseUrl?: string,
  { patience, isHurried = false, giveBack }: StartOptions = {},
): Promise<TestApp> {
  const url = databaseUrl ?? (await createDatabase());
  const settings = loadSettings(SETTINGS, {
    NODE_ENV: 'test',
    PUBLIC_URL,
    DATABASE_URL: url,
    DATABASE_POOL_SIZE: '5',
    // Each opens a connection, which takes longer than most tests.
    MAIL_CONCURRENCY: '2',
    APP_SECRET: 'only-for-tests-0123456789abcdefghijklmnopqrstuvwxyz',
    RATE_LIMIT: 'off',
    // Tests of limits register many people from one network.
    PROOF_OF_WORK: 'off',
    // The example in the documentation of `returnTo`.
    RETURN_URLS: 'https://app.example.com/welcome',
    LOG_LEVEL: 'debug',
    CONTRACTS: 'none',
    // No balancer has to notice that a server stops.
    SHUTDOWN_GRACE_SECONDS: '0',
    ...environment,
  });
  const logs: string[] = [];
  const app = await createApp(settings, loggerInto(logs, settings), patience);
  if (!isHurried) await waitForDatabase(app);
  return new TestApp(app, settings, new Pool({ connectionString: url, max: 3 }), logs, giveBack);
}
