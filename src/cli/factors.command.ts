import { AccountRecoveryService } from '../administration/account-recovery.service.js';
import { CommandLineModule } from '../administration/command-line.module.js';
import { FactorResetModule } from '../administration/factor-reset.module.js';
import { FactorReset } from '../administration/factor-reset.service.js';
import { readReason } from '../administration/dto/user-standing.dto.js';
import type { Caller } from '../common/caller.js';
import { AppError } from '../common/errors.js';
import type { Environment } from '../config/load-settings.js';
import type { Settings } from '../config/settings.js';
import { JobsModule } from '../jobs/jobs.module.js';
import { LookModule } from '../look/look.module.js';
import { MailModule } from '../mail/mail.module.js';
import { SmsModule } from '../sms/sms.module.js';
import { ThrottlingModule } from '../throttling/throttling.module.js';
import { UsageError, oneOf, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { complain, print } from './output.js';
import { withServices } from './services.js';

const OPTIONS = { reason: { type: 'string' } } as const;

/** An operator at the server itself. */
const OPERATOR: Caller = { ip: 'unknown', userAgent: null, requestId: 'latchkey users factors reset', limits: [] };

/** Queues mail for the servers to send: the command runs no jobs. */
const modulesOf = (settings: Settings) => [
  CommandLineModule,
  FactorResetModule,
  JobsModule.register({ ...settings, MAIL_WORKER: 'off' }),
  LookModule,
  MailModule.register(settings),
  SmsModule,
  ThrottlingModule,
];

/** Removes the second factors of an account whose owner has lost them. */
export async function resetFactors(args: readonly string[], env: Environment): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS, { min: 2, max: 2 });
  const [verb = '', identifier = ''] = positionals;
  oneOf('users factors', verb, ['reset']);
  if (values.reason === undefined || values.reason.trim() === '') throw new UsageError('Give a --reason; the audit log keeps it.');
  const given = values.reason;
  try {
    const reason = readReason({ reason: given });
    const { account, count } = await withServices(env, modulesOf, async (services) => {
      const found = await services.get(AccountRecoveryService).find(identifier);
      return { account: found, count: await services.get(FactorReset).removeAll(found.id, reason, { principal: null, caller: OPERATOR }) };
    });
    const name = account.username ?? account.email ?? account.mobile ?? account.id;
    const lines = [
      `Removed ${count} second ${count === 1 ? 'factor' : 'factors'} of ${name}, and every recovery code. All sessions have ended.`,
    ];
    print(values.json ? JSON.stringify({ id: account.id, removed: count }) : lines.join('\n'));
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (values.json) print(JSON.stringify({ error: error.message, code: error.code }));
    else complain(error.message);
    return EXIT.failed;
  }
}
