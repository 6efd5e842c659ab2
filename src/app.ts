import { setTimeout as wait } from 'node:timers/promises';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { RequestEvents } from './audit/request-events.js';
import { ConfiguredProviders } from './auth/providers/configured-providers.service.js';
import { CATALOGUE } from './capabilities.js';
import { type AppError, OutcomeUnknownError, UnavailableError } from './common/errors.js';
import { ExceptionRenderer } from './http/exception.filter.js';
import { JsonLogger } from './common/logger.js';
import { logRequests } from './http/request-log.js';
import { RequestPipe } from './http/request.pipe.js';
import { RouteTable } from './http/route-table.js';
import { runAll } from './common/run-all.js';
import { Settings } from './config/settings.js';
import { contractsServed, prefixOf } from './contracts/contracts.js';
import { isForeignKeyViolation, isUnavailable, mayHaveWritten } from './database/database-errors.js';
import { DatabaseService } from './database/database.service.js';
import { ReadinessService } from './health/readiness.service.js';
import { type Patience, configureHttp, createHttpAdapter } from './http/http-server.js';
import { DeliveriesService } from './mail/deliveries.service.js';
import { JobWorker } from './jobs/job-worker.js';
import { ProblemTexts } from './languages/problem-texts.js';
import { MetricsService } from './metrics/metrics.service.js';
import { serveOpenApi } from './openapi/openapi.js';
import { FailurePage } from './pages/failure-page.js';
import { UserNotFoundError } from './users/errors.js';

/** How long a shutdown waits for requests under way before it breaks their connections off, ms. */
const FINISH_MS = 10_000;
/** How often it looks for connections that have become idle, ms. */
const REAP_EVERY_MS = 100;

/**
 * Builds the server, ready to listen; tests and `main.ts` get the same one.
 * @param patience with slow senders; tests have less of it
 */
export async function createApp(
  settings: Settings,
  logger: LoggerService = new JsonLogger(settings.LOG_LEVEL),
  patience?: Patience,
): Promise<NestFastifyApplication> {
  const routes = new RouteTable();
  const adapter = createHttpAdapter(settings, CATALOGUE, (...failed) => failures.render(...failed), patience);
  routes.observe(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(await AppModule.register(settings), adapter, {
    logger,
    abortOnError: false,
    forceCloseConnections: false,
    bodyParser: false,
  });
  const failures = failuresOf(app, settings, routes);
  await configure(app, settings, failures);
  await app.init();
  await app.get(ConfiguredProviders, { strict: false }).apply();
  await app.getHttpAdapter().getInstance().ready();
  app.get(DatabaseService).serve();
  return app;
}

/** How failures are answered: as pages behind mailed links, as its document says in a contract, and as problem documents elsewhere. */
function failuresOf(app: NestFastifyApplication, settings: Settings, routes: RouteTable): ExceptionRenderer {
  const failurePage = app.get(FailurePage, { strict: false });
  const renderers = new Map([
    ['/account', failurePage.write.bind(failurePage)],
    ...contractsServed(settings).map((contract) => [prefixOf(contract), contract.renderFailure] as const),
  ]);
  const methodsOf = (url: string): readonly string[] => routes.methodsOf(url);
  return new ExceptionRenderer(CATALOGUE.errors, renderers, [toUnavailable, toUserGone], methodsOf, app.get(ProblemTexts));
}

/** What holds for every route: headers, checks of the input, the form of failures, documentation. */
async function configure(app: NestFastifyApplication, settings: Settings, failures: ExceptionRenderer): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  await configureHttp(app, settings);
  app.useGlobalPipes(new RequestPipe('refuse', settings));
  app.useGlobalFilters(failures);
  app.get(MetricsService).observe(fastify);
  const requestEvents = app.get(RequestEvents);
  requestEvents.observeReads(fastify);
  failures.observe((...failure) => requestEvents.noteFailure(...failure));
  watchMail(app);
  closeConnectionsWhileDraining(app);
  if (settings.LOG_LEVEL === 'debug') logRequests(fastify);
  if (settings.DOCS) serveOpenApi(app, settings);
}

/**
 * Stops in the order that loses nothing: load balancers are told and given time to notice, requests are finished, then the mail
 * under way, and the database is let go of last.
 */
export async function stopApp(app: NestFastifyApplication): Promise<void> {
  app.get(ReadinessService).drain();
  await wait(app.get(Settings).SHUTDOWN_GRACE_SECONDS * 1_000);
  await runAll([() => closeHttp(app), () => app.get(JobWorker).stop(), () => app.close()]);
}

/** Takes no more connections and waits for the requests under way, for so long and no longer. */
async function closeHttp(app: NestFastifyApplication): Promise<void> {
  const adapter = app.getHttpAdapter();
  const { server } = adapter.getInstance();
  // A connection whose answer had begun before is kept alive by Node once it is idle; nobody would wait for it to time out.
  const reaper = setInterval(() => server.closeIdleConnections(), REAP_EVERY_MS);
  const limit = setTimeout(() => server.closeAllConnections(), FINISH_MS);
  try {
    await adapter.close();
  } finally {
    clearInterval(reaper);
    clearTimeout(limit);
  }
}

/** Tells in the metrics whether mail leaves. */
function watchMail(app: NestFastifyApplication): void {
  const [metrics, deliveries] = [app.get(MetricsService), app.get(DeliveriesService)];
  metrics.watch('mails_waiting', 'Mails that wait to be sent, on all nodes together.', async () => (await deliveries.backlog()).waiting);
  metrics.watch(
    'mails_oldest_waiting_seconds',
    'For how long the oldest mail has waited to be sent; 0 without any.',
    async () => (await deliveries.backlog()).oldestSeconds,
  );
}

/** A client that keeps its connection is to open the next one elsewhere, rather than write to this one when it ends. */
function closeConnectionsWhileDraining(app: NestFastifyApplication): void {
  const readiness = app.get(ReadinessService);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (_request, reply, _payload, done) => {
      if (readiness.isDraining) void reply.header('connection', 'close');
      done();
    });
}

/** The connection to the database broke, or the database could not serve. */
function toUnavailable(error: unknown): AppError | undefined {
  if (mayHaveWritten(error)) return new OutcomeUnknownError(error);
  return isUnavailable(error) ? new UnavailableError(2, error) : undefined;
}

/** An account that was deleted while a request of its own was under way. */
function toUserGone(error: unknown): UserNotFoundError | undefined {
  return isForeignKeyViolation(error, /^fk_\w+_user$/) ? new UserNotFoundError() : undefined;
}
