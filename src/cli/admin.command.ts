import { readFileSync } from 'node:fs';
import type { INestApplicationContext } from '@nestjs/common';
import { AccountRecoveryService } from '../administration/account-recovery.service.js';
import { AdminCreationService } from '../administration/admin-creation.service.js';
import { InvitationLinks } from '../administration/invitation-links.service.js';
import { INVITED_ROLES } from '../auth/invitations/invited-roles.js';
import { CommandLineModule } from '../administration/command-line.module.js';
import { AppError } from '../common/errors.js';
import type { Environment } from '../config/load-settings.js';
import type { Account } from '../users/account.js';
import { UsageError, oneOf, readArguments } from './arguments.js';
import { EXIT } from './exit-codes.js';
import { withServices } from './services.js';
import { complain, print } from './output.js';

const OPTIONS = {
  username: { type: 'string' },
  email: { type: 'string' },
  'password-file': { type: 'string' },
  user: { type: 'string' },
  role: { type: 'string' },
} as const;

type Values = Partial<Record<keyof typeof OPTIONS, string>>;

/** Output of a verb, for people and for programs. */
interface Answer {
  lines: string[];
  data: object;
}

type Act = (services: INestApplicationContext) => Promise<Answer>;

/** Which options a verb takes, and what it does with them. @throws UsageError if they are wrong */
const VERBS: Record<'create' | 'unlock' | 'reset-link' | 'invite', { takes: readonly (keyof Values)[]; read: (values: Values) => Act }> = {
  create: { takes: ['username', 'email', 'password-file'], read: create },
  unlock: { takes: ['user'], read: unlock },
  'reset-link': { takes: ['user'], read: makeResetLink },
  invite: { takes: ['email', 'role'], read: invite },
};

/** Creates administrators, invites people, and lets people in again who are locked out. */
export async function administrate(args: readonly string[], env: Environment): Promise<number> {
  const { values, positionals } = readArguments(args, OPTIONS, { min: 1, max: 1 });
  const { json, ...given } = values;
  const verb = oneOf('admin', positionals[0] ?? '', Object.keys(VERBS) as (keyof typeof VERBS)[]);
  const { takes, read } = VERBS[verb];
  const stray = (Object.keys(given) as (keyof Values)[]).find((name) => !takes.includes(name));
  if (stray !== undefined) throw new UsageError(`admin ${verb} takes no --${stray}.`);
  const act = read(given);
  try {
    const { lines, data } = await withServices(env, [CommandLineModule], act);
    print(json ? JSON.stringify(data) : lines.join('\n'));
    return EXIT.done;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (json) print(JSON.stringify({ error: error.message, code: error.code }));
    else complain(error.message);
    return EXIT.failed;
  }
}

/** A password is never an argument, because other users of the machine can read arguments. */
function create({ username, email, 'password-file': file }: Values): Act {
  if (username === undefined && email === undefined) throw new UsageError('Give a --username, an --email, or both.');
  const given = file === undefined ? null : readPassword(file);
  return async (services) => {
    const names = { username: username ?? null, email: email ?? null };
    const { account, password } = await services.get(AdminCreationService).create(names, given);
    return {
      lines: [
        `${nameOf(account)} is an administrator and can sign in.`,
        ...(password === null ? [] : [`Password   ${password}   (shown only this once)`]),
      ],
      data: { id: account.id, username: account.username, email: account.email, password },
    };
  };
}

function unlock(values: Values): Act {
  const identifier = readUser(values);
  return async (services) => {
    const account = await services.get(AccountRecoveryService).unlock(identifier);
    const line = `${nameOf(account)} can sign in again with the password of the account. Running servers may throttle it for some minutes more.`;
    return { lines: [line], data: { id: account.id } };
  };
}

function makeResetLink(values: Values): Act {
  const identifier = readUser(values);
  return async (services) => {
    const { account, link, expiresAt } = await services.get(AccountRecoveryService).makeResetLink(identifier);
    return {
      lines: [`${nameOf(account)} can choose a new password here, once, until ${expiresAt.toISOString()}:`, link],
      data: { id: account.id, link, expiresAt },
    };
  };
}

function invite({ email, role: given }: Values): Act {
  if (email === undefined) throw new UsageError('Say whom to invite: --email.');
  const role = given === undefined ? null : INVITED_ROLES.find((each) => each === given);
  if (role === undefined) throw new UsageError(`--role is one of ${INVITED_ROLES.join(', ')}.`);
  return async (services) => {
    const { id, email: address, link, expiresAt } = await services.get(InvitationLinks).make(email, role);
    return {
      lines: [`${address} can accept the invitation here, once, until ${expiresAt.toISOString()}:`, link],
      data: { id, email: address, link, expiresAt },
    };
  };
}

function nameOf({ username, email, mobile, id }: Account): string {
  return username ?? email ?? mobile ?? id;
}

function readUser({ user }: Values): string {
  if (user === undefined || user.trim() === '')
    throw new UsageError('Name the account: --user with its e-mail address, username, number or id.');
  return user;
}

/** The first line of the file; `-` is standard input. */
function readPassword(file: string): string {
  const [password = ''] = readFileSync(file === '-' ? 0 : file, 'utf8').split(/\r?\n/);
  if (password === '') throw new UsageError('The file with the password is empty.');
  return password;
}
