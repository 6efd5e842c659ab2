import type { INestApplicationContext } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AppError } from '../common/errors.js';
import type { Environment } from '../config/load-settings.js';
import { Settings } from '../config/settings.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { EndpointsService } from '../webhooks/endpoints.service.js';
import { type Heard, WebhookListener } from '../webhooks/listener.service.js';
import { WebhookStoreModule } from '../webhooks/webhook-store.module.js';
import { UsageError, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { complain, print } from './output.js';
import { withServices } from './services.js';

const OPTIONS = {
  url: { type: 'string' },
  types: { type: 'string' },
  description: { type: 'string' },
  forward: { type: 'string' },
} as const;

/** The command line acts as nobody. */
const OPERATOR = { actorId: null };

type Values = { json: boolean } & { [Name in keyof typeof OPTIONS]?: string | undefined };
type Act = (services: INestApplicationContext, values: Values) => Promise<number>;

/** Lists, registers and tries webhooks, and shows events to developers. */
export async function manageWebhooks(args: readonly string[], env: Environment): Promise<number> {
  const { values, act } = read(args);
  try {
    return await withServices(env, [AuditModule, ThrottlingModule, WebhookStoreModule], (services) => act(services, values));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (values.json) print(JSON.stringify({ error: error.message, code: error.code }));
    else complain(error.message);
    return EXIT.failed;
  }
}

/** Parses the arguments. @throws UsageError if they are wrong */
function read(args: readonly string[]): { values: Values; act: Act } {
  const { values, positionals } = readArguments(args, OPTIONS, { min: 1, max: 2 });
  const [verb, id] = positionals;
  const given = (Object.keys(OPTIONS) as (keyof typeof OPTIONS)[]).filter((name) => values[name] !== undefined);
  const takes = (...names: string[]): boolean => given.every((name) => names.includes(name));
  if (verb === 'list' && id === undefined && takes()) return { values, act: list };
  if (verb === 'create' && id === undefined && values.url !== undefined && takes('url', 'types', 'description'))
    return { values, act: create };
  if (verb === 'ping' && id !== undefined && takes()) return { values, act: (services, { json }) => ping(services, id, json) };
  if (verb === 'listen' && id === undefined && takes('forward', 'types')) return { values, act: listen };
  throw new UsageError('These arguments make no sense together.');
}

async function list(services: INestApplicationContext, { json }: Values): Promise<number> {
  const webhooks = await services.get(EndpointsService).list();
  if (json) print(JSON.stringify({ webhooks }));
  for (const { id, url, types, enabled, disabledReason, failingSince } of json ? [] : webhooks) {
    const standing = enabled
      ? failingSince === null
        ? 'works'
        : `fails since ${failingSince.toISOString()}`
      : `disabled (${disabledReason})`;
    print([id, standing, types.join(','), url].join('  '));
  }
  return EXIT.done;
}

async function create(services: INestApplicationContext, { json, url = '', types, description }: Values): Promise<number> {
  const { endpoint, secret } = await services.get(EndpointsService).create({ url, types: listed(types), description }, OPERATOR);
  print(json ? JSON.stringify({ webhook: endpoint, secret }) : `${endpoint.id}\nIts secret, which nobody can read again: ${secret}`);
  return EXIT.done;
}

async function ping(services: INestApplicationContext, id: string, json: boolean): Promise<number> {
  await services.get(EndpointsService).ping(id, OPERATOR);
  print(
    json
      ? JSON.stringify({ pinged: id })
      : 'Queued: a running server sends it within a second or two. GET /v1/webhooks/{id}/deliveries shows what came of it.',
  );
  return EXIT.done;
}

async function listen(services: INestApplicationContext, { json, forward, types }: Values): Promise<number> {
  if (forward !== undefined && !/^https?:$/.test(URL.canParse(forward) ? new URL(forward).protocol : ''))
    throw new UsageError('--forward takes a URL such as http://localhost:4000/hooks.');
  if (services.get(Settings).NODE_ENV === 'production') {
    complain('latchkey webhooks listen is for development: in production register a webhook.');
    return EXIT.failed;
  }
  const listener = services.get(WebhookListener);
  complain(`Listening; Ctrl+C ends it.${forward === undefined ? '' : ` The secret for ${forward}: ${listener.secret}`}`);
  const stop = new AbortController();
  const end = (): void => stop.abort();
  process.once('SIGINT', end).once('SIGTERM', end);
  try {
    await listener.listen(
      { types: listed(types) ?? ['*'], forward: forward ?? null },
      (heard) => print(json ? JSON.stringify(heard) : lineOf(heard)),
      stop.signal,
    );
  } finally {
    process.off('SIGINT', end).off('SIGTERM', end);
  }
  return EXIT.done;
}

function lineOf({ event: { type, timestamp, data }, attempt }: Heard): string {
  const outcome = attempt === null ? [] : [`-> ${attempt.status ?? attempt.error} in ${attempt.durationMs} ms`];
  return [timestamp, type, JSON.stringify(data), ...outcome].join('  ');
}

function listed(types: string | undefined): string[] | undefined {
  return types?.split(',').map((type) => type.trim());
}
