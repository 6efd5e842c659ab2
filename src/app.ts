import type { INestApplication, LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { UnavailableError } from './common/errors.js';
import { ExceptionRenderer } from './common/exception.filter.js';
import { JsonLogger } from './common/logger.js';
import { logRequests } from './common/request-log.js';
import { RequestPipe } from './common/request.pipe.js';
import { RouteTable } from './common/route-table.js';
import type { Settings } from './config/settings.js';
import { isForeignKeyViolation, isUnavailable } from './database/database-errors.js';
import { ReadinessService } from './health/readiness.service.js';
import { type Patience, configureHttp, createHttpAdapter } from './http-server.js';
import { MailWorker } from './mail/mail.worker.js';
import { MetricsService } from './metrics/metrics.service.js';
import { createOpenApiDocument, serveOpenApi } from './openapi.js';
import { FailurePage } from './pages/failure-page.js';
import { PageRenderer } from './pages/page-renderer.js';
import { UserNotFoundError } from './users/errors.js';

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
  const failurePage = new FailurePage(new PageRenderer(settings));
  const renderers = new Map([['/account', failurePage.write.bind(failurePage)]]);
  const failures = new ExceptionRenderer(renderers, [toUnavailable, toUserGone], (url) => routes.methodsOf(url));
  const adapter = createHttpAdapter(settings, (...failed) => failures.render(...failed), patience);
  routes.observe(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.register(settings), adapter, {
    logger,
    abortOnError: false,
    forceCloseConnections: false,
    bodyParser: false,
  });
  await configure(app, settings, failures);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

/** What holds for every route: headers, checks of the input, the form of failures, documentation. */
async function configure(app: NestFastifyApplication, settings: Settings, failures: ExceptionRenderer): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  await configureHttp(app, settings);
  app.useGlobalPipes(new RequestPipe('refuse'));
  app.useGlobalFilters(failures);
  app.get(MetricsService).observe(fastify);
  if (settings.LOG_LEVEL === 'debug') logRequests(fastify);
  if (settings.DOCS) serveOpenApi(app, createOpenApiDocument(app, settings), settings);
}

/** Stops in the order that loses nothing: requests first, the mail queue next, the database last. */
export async function stopApp(app: INestApplication): Promise<void> {
  app.get(ReadinessService).drain();
  await app.getHttpAdapter().close();
  await app.get(MailWorker).stop();
  await app.close();
}

function toUnavailable(error: unknown): UnavailableError | undefined {
  return isUnavailable(error) ? new UnavailableError(2, error) : undefined;
}

/** An account that was deleted while a request of its own was under way. */
function toUserGone(error: unknown): UserNotFoundError | undefined {
  return isForeignKeyViolation(error, /^fk_\w+_user$/) ? new UserNotFoundError() : undefined;
}
