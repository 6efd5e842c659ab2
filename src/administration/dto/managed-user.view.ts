import { ApiProperty } from '@nestjs/swagger';
import type { DeliveriesService } from '../../mail/deliveries.service.js';
import { ACCOUNT_STATUSES, type AccountEntry, type AccountStatus } from '../../users/directory/directory.js';
import { UserView, toAvatarView } from '../../users/dto/user.view.js';
import type { Told } from '../../users/field-sets.js';

const TIME = { type: 'string', format: 'date-time', nullable: true, example: '2026-03-01T09:30:00.000Z' } as const;

/** An account as administrators see it. */
export class ManagedUserView extends UserView implements Told<'directory'> {
  @ApiProperty({ description: 'Increases with every edit; the `ETag` of the account.', type: 'integer', example: 3 })
  version!: number;

  @ApiProperty({ description: 'State of the account.', enum: ACCOUNT_STATUSES, enumName: 'AccountStatus', example: 'active' })
  status!: AccountStatus;

  @ApiProperty({ ...TIME, description: 'When the account was disabled.' })
  disabledAt!: string | null;

  @ApiProperty({ description: 'Why the account was disabled.', type: 'string', nullable: true, example: 'Sent advertisements' })
  disabledReason!: string | null;

  @ApiProperty({ ...TIME, description: 'When `email` was proven.' })
  emailVerifiedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When `mobile` was proven.' })
  mobileVerifiedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When the account was activated, if a contract requires that.' })
  activatedAt!: string | null;

  @ApiProperty({
    description: 'The last proven e-mail address while a new one is not proven yet; password resets go there.',
    type: 'string',
    format: 'email',
    nullable: true,
    example: 'ada@example.com',
  })
  recoveryEmail!: string | null;

  @ApiProperty({ description: 'Whether the account has a password.', example: true })
  hasPassword!: boolean;

  @ApiProperty({
    description: 'Whether the password is locked until a reset: after too many wrong attempts, or by an administrator.',
    example: false,
  })
  passwordLocked!: boolean;

  @ApiProperty({ ...TIME, description: 'When the user last signed in.' })
  lastSignInAt!: string | null;
}

export class ManagedUserListView {
  @ApiProperty({
    description:
      'In the order of the searched field (for `search`: of creation). Without a search the latest come first: by the last sign-in if that is filtered, otherwise by creation.',
    type: [ManagedUserView],
  })
  data!: ManagedUserView[];

  @ApiProperty({
    description: 'Send it as `cursor` for the next page; null on the last one.',
    type: 'string',
    nullable: true,
    example: 'rS0cQ2wmSd1bIjIwMjYtMDMtMDFUMDk6MzA6MDAuMDAwWiIsIjQyIl0',
  })
  nextCursor!: string | null;
}

/** What became of a mail. */
export class MailDeliveryView {
  @ApiProperty({ description: 'Kind of the mail.', example: 'confirm-email' })
  kind!: string;

  @ApiProperty({ description: 'Address of the recipient.', example: 'ada@example.com' })
  recipient!: string;

  @ApiProperty({
    description:
      '`dropped`: its code was no longer valid. `failed`: the server could not deliver it. `bounced`: the provider reported a bounce or complaint.',
    enum: ['queued', 'sent', 'dropped', 'failed', 'bounced'],
    enumName: 'MailState',
    example: 'sent',
  })
  state!: string;

  @ApiProperty({ description: 'Number of delivery attempts.', type: 'integer', example: 1 })
  attempts!: number;

  @ApiProperty({ description: 'Last answer of the mail server.', type: 'string', nullable: true, example: '550 5.1.1 mailbox unavailable' })
  lastError!: string | null;

  @ApiProperty({ description: 'When the mail was queued.', format: 'date-time', type: 'string', example: '2026-03-01T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ ...TIME, description: 'When the mail was sent.' })
  sentAt!: string | null;
}

export class ManagedUserDetailsView extends ManagedUserView {
  @ApiProperty({
    description: 'The latest mails of the account, at most 20, newest first; the server keeps them for 30 days.',
    type: [MailDeliveryView],
  })
  mails!: MailDeliveryView[];
}

/** An entry holds what administrators see and nothing else: it is copied, which for a page of them is quicker than member by member. */
export function toManagedUserView(entry: AccountEntry): ManagedUserView {
  return {
    ...entry,
    emailVerified: entry.emailVerifiedAt !== null,
    mobileVerified: entry.mobileVerifiedAt !== null,
    avatar: toAvatarView(entry.avatar),
    status: entry.disabledAt === null ? 'active' : 'disabled',
  };
}

type Delivery = Awaited<ReturnType<DeliveriesService['find']>>[number];

export function toMailDeliveryView({ kind, recipient, state, attempts, lastError, createdAt, sentAt }: Delivery): MailDeliveryView {
  return { kind, recipient, state, attempts, lastError, createdAt: createdAt.toISOString(), sentAt: sentAt?.toISOString() ?? null };
}
