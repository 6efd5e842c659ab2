import { ApiProperty } from '@nestjs/swagger';
import { UserView, toUserView } from '../../../users/dto/user.view.js';
import type { AccountExport } from '../account-export.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;
const IP = { description: 'Where it came from, as far as it is known.', type: 'string', nullable: true, example: '203.0.113.7' } as const;
const USER_AGENT = {
  description: 'What the browser or program called itself.',
  type: 'string',
  nullable: true,
  example: 'curl/8.5.0',
} as const;

class ExportedAccount extends UserView {
  @ApiProperty({ ...TIME, description: 'When `email` was proven.', nullable: true })
  emailVerifiedAt!: string | null;

  @ApiProperty({
    description: 'The last proven address, while a new one is not proven.',
    type: 'string',
    nullable: true,
    example: 'ada@example.com',
  })
  recoveryEmail!: string | null;

  @ApiProperty({ ...TIME, description: 'When `mobile` was proven.', nullable: true })
  mobileVerifiedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When the account was activated, where that is asked for.', nullable: true })
  activatedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'Since when the account is disabled.', nullable: true })
  disabledAt!: string | null;

  @ApiProperty({ description: 'Grows with every edit.', type: 'integer', example: 3 })
  version!: number;

  @ApiProperty({ ...TIME, description: 'When the account last signed in.', nullable: true })
  lastSignInAt!: string | null;

  @ApiProperty({ description: 'Wrong passwords since the last right one.', type: 'integer', example: 0 })
  passwordFailures!: number;
}

class HeldEmailView {
  @ApiProperty({ description: 'The former address.', example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ ...TIME, description: 'Until when the change can be undone, and nobody else can take the address.' })
  heldUntil!: string;
}

class ExportedSessionView {
  @ApiProperty({ description: 'The `sid` of its access tokens.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({ description: 'The app that was signed in to.', example: 'latchkey' })
  clientId!: string;

  @ApiProperty(IP)
  ip!: string | null;

  @ApiProperty(USER_AGENT)
  userAgent!: string | null;

  @ApiProperty({ ...TIME, description: 'When it was opened.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it was last refreshed.' })
  lastUsedAt!: string;

  @ApiProperty({ ...TIME, description: 'When it ends, or would have ended, without being refreshed.' })
  expiresAt!: string;

  @ApiProperty({ ...TIME, description: 'When it was ended before that.', nullable: true })
  endedAt!: string | null;

  @ApiProperty({ description: 'Why it was ended.', type: 'string', nullable: true, example: 'sign-out' })
  endReason!: string | null;
}

class ExportedChallengeView {
  @ApiProperty({ description: 'What the code and link were good for.', example: 'confirm-email' })
  purpose!: string;

  @ApiProperty({ description: 'Where they were sent.', example: 'ada@example.com' })
  address!: string;

  @ApiProperty({ description: 'Wrong codes that were tried.', type: 'integer', example: 0 })
  tries!: number;

  @ApiProperty({ ...TIME, description: 'When they were made.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'Until when they were good.' })
  expiresAt!: string;

  @ApiProperty({ ...TIME, description: 'When they were used.', nullable: true })
  usedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When they stopped being good for another reason.', nullable: true })
  supersededAt!: string | null;
}

class ExportedMailView {
  @ApiProperty({ description: 'What it was about.', example: 'confirm-email' })
  kind!: string;

  @ApiProperty({ description: 'Where it went.', example: 'ada@example.com' })
  recipient!: string;

  @ApiProperty({ description: 'The language that was preferred.', type: 'string', nullable: true, example: 'en-GB' })
  locale!: string | null;

  @ApiProperty({
    description: 'What became of it.',
    enum: ['queued', 'sent', 'dropped', 'failed', 'bounced'],
    enumName: 'MailState',
    example: 'sent',
  })
  state!: string;

  @ApiProperty({
    description: 'What was filled in; emptied once the mail has left.',
    type: 'object',
    additionalProperties: true,
    example: {},
  })
  params!: object;

  @ApiProperty({ ...TIME, description: 'When it was queued.' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it left.', nullable: true })
  sentAt!: string | null;
}

class ExportedEventView {
  @ApiProperty({ ...TIME, description: 'When it happened.' })
  occurredAt!: string;

  @ApiProperty({ description: 'What was done or tried.', example: 'session.opened' })
  action!: string;

  @ApiProperty({ description: 'Whether it worked.', enum: ['success', 'failure'], enumName: 'AuditOutcome', example: 'success' })
  outcome!: string;

  @ApiProperty({
    description: 'Whether this account did it; null when nobody was signed in.',
    type: 'boolean',
    nullable: true,
    example: true,
  })
  byYou!: boolean | null;

  @ApiProperty({ ...IP, description: `${IP.description} Null when another account did it.` })
  ip!: string | null;

  @ApiProperty({ ...USER_AGENT, description: `${USER_AGENT.description} Null when another account did it.` })
  userAgent!: string | null;

  @ApiProperty({ description: 'Short facts.', type: 'object', additionalProperties: true, example: { clientId: 'latchkey' } })
  details!: object;
}

/** Everything that is kept of an account. */
export class AccountExportView {
  @ApiProperty({ ...TIME, description: 'When the export was begun.' })
  exportedAt!: string;

  @ApiProperty({ description: 'The account and its use.', type: ExportedAccount })
  account!: ExportedAccount;

  @ApiProperty({ description: 'Former e-mail addresses that the account can still go back to.', type: [HeldEmailView] })
  heldEmails!: HeldEmailView[];

  @ApiProperty({ description: 'Sessions, ended ones too, the oldest first.', type: [ExportedSessionView] })
  sessions!: ExportedSessionView[];

  @ApiProperty({
    description: 'Codes and links that were mailed, the oldest first; never the codes themselves.',
    type: [ExportedChallengeView],
  })
  challenges!: ExportedChallengeView[];

  @ApiProperty({ description: 'Mails of the last 30 days, the oldest first.', type: [ExportedMailView] })
  mails!: ExportedMailView[];

  @ApiProperty({ description: 'What happened to the account and what it did, the oldest first.', type: [ExportedEventView] })
  events!: ExportedEventView[];
}

/** The export as pieces of one JSON document; lists are read as far as the pieces are taken. */
export async function* writeAccountExport(found: AccountExport, now: Date): AsyncGenerator<string, void> {
  const { account, activity, ...lists } = found;
  const { emailVerifiedAt, recoveryEmail, mobileVerifiedAt, activatedAt, disabledAt, version } = account;
  const whole = { ...toUserView(account), emailVerifiedAt, recoveryEmail, mobileVerifiedAt, activatedAt, disabledAt, version, ...activity };
  yield `{"exportedAt":${JSON.stringify(now)},"account":${JSON.stringify(whole)}`;
  for (const [name, items] of Object.entries(lists)) {
    yield `,"${name}":[`;
    let separator = '';
    for await (const item of items) {
      yield separator + JSON.stringify(item);
      separator = ',';
    }
    yield ']';
  }
  yield '}';
}
