import { type LoggerService, type LogLevel } from '@nestjs/common';
import { type Logger, pino } from 'pino';
import { escapeControlsOfLines } from './text.js';

/** Keys that are never written to a log, at any depth of an object. */
const REDACTED = ['password', 'newPassword', 'token', 'accessToken', 'refreshToken', 'authorization', 'cookie'];

/** Parts of Nest that report each module and route at start; only their warnings and errors matter. */
const STARTUP_CHATTER = new Set(['NestFactory', 'InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestApplication']);

/** Parts of Nest that log why a start failed before they throw the same error. */
const FAILED_START = new Set(['NestApplication', 'ExceptionHandler', 'TypeOrmModule']);

/** Nest's logger over pino: one JSON object a line, so that a name with a line break cannot forge an entry. */
export class JsonLogger implements LoggerService {
  private readonly pino: Logger;

  /** @param destination where lines are written; default: standard output */
  constructor(level: 'silent' | 'error' | 'warn' | 'info' | 'debug', destination?: { write(line: string): void }) {
    const options = {
      level,
      base: null,
      serializers: { err: describeError },
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
    };
    const out = destination ?? pino.destination(1);
    // JSON escapes line breaks, but not all characters that control a terminal.
    this.pino = pino(options, { write: (line) => out.write(escapeControlsOfLines(line)) });
  }

  log(message: unknown, ...rest: unknown[]): void {
    this.write(STARTUP_CHATTER.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    // The caller that started the server reports a failed start in one line; Nest's own report is only for debugging.
    this.write(FAILED_START.has(String(rest.at(-1))) ? 'debug' : 'error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  /** Nest's most verbose level; our code does not use it. */
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  setLogLevels(_levels: LogLevel[]): void {
    // The level comes from the settings.
  }

  private write(level: 'error' | 'warn' | 'info' | 'debug', message: unknown, rest: unknown[]): void {
    // Nest appends the context, and the stack before it for errors.
    const context = rest.at(-1);
    const stack = level === 'error' && rest.length > 1 && typeof rest[0] === 'string' ? rest[0] : undefined;
    const fields = { ...(typeof context === 'string' ? { context } : {}), ...(stack === undefined ? {} : { stack }) };
    if (message instanceof Error) this.pino[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.pino[level]({ ...fields, ...message });
    else this.pino[level](fields, String(message));
  }
}

/**
 * The parts of an error that may be logged: errors of the driver contain the values of the failed statement, such as hashes and addresses.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, code, constraint, table, routine, cause, driverError } = error as Error & Record<string, unknown>;
  const origin = driverError ?? cause;
  return {
    type: name,
    message,
    code,
    constraint,
    table,
    routine,
    stack,
    ...(origin === undefined ? {} : { cause: describeError(origin) }),
  };
}
