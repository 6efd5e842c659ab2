import { ApiProperty } from '@nestjs/swagger';
import type { DeliveriesService } from '../../mail/deliveries.service.js';
import { ACCOUNT_STATUSES, type AccountEntry, type AccountStatus } from '../../users/directory/directory.js';
import { UserView, toUserView } from '../../users/dto/user.view.js';
import { type Told, fieldsBeyondView, pick } from '../../users/field-sets.js';

const TIME = { type: 'string', format: 'date-time', nullable: true, example: '2026-03-01T09:30:00.000Z' } as const;

/** An account as administrators see it. */
export class ManagedUserView extends UserView implements Told<'directory'> {
  @ApiProperty({ description: 'Grows with every edit; the `ETag` of the account.', type: 'integer', example: 3 })
  version!: number;

  @ApiProperty({ description: 'Whether it can act.', enum: ACCOUNT_STATUSES, enumName: 'AccountStatus', example: 'active' })
  status!: AccountStatus;

  @ApiProperty({ ...TIME, description: 'Since when it is disabled.' })
  disabledAt!: string | null;

  @ApiProperty({ description: 'Why it was disabled.', type: 'string', nullable: true, example: 'Sent advertisements' })
  disabledReason!: string | null;

  @ApiProperty({ ...TIME, description: 'When `email` was proven.' })
  emailVerifiedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When `mobile` was proven.' })
  mobileVerifiedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When it was activated, where that is asked for.' })
  activatedAt!: string | null;

  @ApiProperty({
    description: 'The last proven e-mail address, while a new one is not proven: password resets go there.',
    type: 'string',
    format: 'email',
    nullable: true,
    example: 'ada@example.com',
  })
  recoveryEmail!: string | null;

  @ApiProperty({ description: 'Whether it has a password.', example: true })
  hasPassword!: boolean;

  @ApiProperty({
    description: 'Whether the password opens nothing until it is reset: after too many wrong ones, or on demand.',
    example: false,
  })
  passwordLocked!: boolean;

  @ApiProperty({ ...TIME, description: 'When it last signed in.' })
  lastSignInAt!: string | null;
}

export class ManagedUserListView {
  @ApiProperty({
    description:
      'In the order of what is searched (`search`: of their making); else the latest first: by the last sign-in, where that is filtered, or by their making.',
    type: [ManagedUserView],
  })
  data!: ManagedUserView[];

  @ApiProperty({
    description: 'For `cursor` of the next page; null on the last one.',
    type: 'string',
    nullable: true,
    example: 'rS0cQ2wmSd1bIjIwMjYtMDMtMDFUMDk6MzA6MDAuMDAwWiIsIjQyIl0',
  })
  nextCursor!: string | null;
}

/** What became of a mail. */
export class MailDeliveryView {
  @ApiProperty({ description: 'What it is about.', example: 'confirm-email' })
  kind!: string;

  @ApiProperty({ description: 'Where it goes.', example: 'ada@example.com' })
  recipient!: string;

  @ApiProperty({
    description: '`dropped`: its code was no longer good. `failed`: it cannot be delivered. `bounced`: it came back.',
    enum: ['queued', 'sent', 'dropped', 'failed', 'bounced'],
    enumName: 'MailState',
    example: 'sent',
  })
  state!: string;

  @ApiProperty({ description: 'How often it was tried.', type: 'integer', example: 1 })
  attempts!: number;

  @ApiProperty({ description: 'What the mail server said last.', type: 'string', nullable: true, example: '550 5.1.1 mailbox unavailable' })
  lastError!: string | null;

  @ApiProperty({ description: 'When it was queued.', format: 'date-time', type: 'string', example: '2026-03-01T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When it left.' })
  sentAt!: string | null;
}

export class ManagedUserDetailsView extends ManagedUserView {
  @ApiProperty({
    description: 'The latest mails of the account, at most 20, the newest first; kept for 30 days.',
    type: [MailDeliveryView],
  })
  mails!: MailDeliveryView[];
}

const BEYOND_VIEW = fieldsBeyondView('directory');

export function toManagedUserView(entry: AccountEntry): ManagedUserView {
  const { disabledAt, hasPassword, passwordLocked } = entry;
  const status = disabledAt === null ? 'active' : 'disabled';
  return { ...toUserView(entry), status, ...pick(entry, BEYOND_VIEW), hasPassword, passwordLocked };
}

type Delivery = Awaited<ReturnType<DeliveriesService['find']>>[number];

export function toMailDeliveryView({ kind, recipient, state, attempts, lastError, createdAt, sentAt }: Delivery): MailDeliveryView {
  return { kind, recipient, state, attempts, lastError, createdAt: createdAt.toISOString(), sentAt: sentAt?.toISOString() ?? null };
}
