import { ApiProperty } from '@nestjs/swagger';
import type { DeliveriesService } from '../../mail/deliveries.service.js';
import { ACCOUNT_STATUSES, type AccountEntry, type AccountStatus } from '../../users/directory/directory.js';
import { AUTHENTICATOR_TYPES, type AuthenticatorType } from '../../users/field-values.js';
import { UserView, toAvatarView } from '../../users/dto/user.view.js';
import { type Told, fieldsShown } from '../../users/field-sets.js';

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

  @ApiProperty({ ...TIME, description: 'Since when the owner wants a second factor at every sign-in.' })
  mfaRequiredAt!: string | null;

  @ApiProperty({
    description: 'Kinds of authenticators that the account has beside a password.',
    enum: AUTHENTICATOR_TYPES,
    enumName: 'AuthenticatorType',
    isArray: true,
    example: ['totp'],
  })
  factors!: AuthenticatorType[];

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

  @ApiProperty({
    description: 'The last proven mobile number while its owner has not proven a new one yet; texted password resets go there.',
    type: 'string',
    nullable: true,
    example: '+12025550147',
  })
  recoveryMobile!: string | null;

  @ApiProperty({ description: 'Whether the account has a password.', example: true })
  hasPassword!: boolean;

  @ApiProperty({
    description:
      'Whether the password opens nothing until a reset: after 100 wrong attempts in a row (an administrator can unlock it), or because of a forced reset.',
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

/** Delivery state of a mail. */
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
    ...TIME,
    description:
      'Until when wrong passwords keep every password from being tried, also the right one; null if they do not. Servers without a shared Redis count for themselves.',
  })
  throttledUntil!: string | null;

  @ApiProperty({
    description: 'The latest mails of the account, at most 20, newest first; the server keeps them for 30 days.',
    type: [MailDeliveryView],
  })
  mails!: MailDeliveryView[];
}

const COPIED = [...fieldsShown('directory'), 'hasPassword', 'passwordLocked'] as const satisfies (keyof AccountEntry)[];

/** Copying an object that has all its members, and writing the copy as JSON, takes a third of the time of an object that grows. */
const EMPTY = Object.fromEntries([...COPIED, 'emailVerified', 'mobileVerified', 'mfaRequired', 'status'].map((name) => [name, null]));

export function toManagedUserView(entry: AccountEntry): ManagedUserView {
  const view: Record<string, unknown> = { ...EMPTY };
  for (const name of COPIED) view[name] = entry[name];
  view['emailVerified'] = entry.emailVerifiedAt !== null;
  view['mobileVerified'] = entry.mobileVerifiedAt !== null;
  view['mfaRequired'] = entry.mfaRequiredAt !== null;
  view['avatar'] = toAvatarView(entry.avatar);
  view['status'] = entry.disabledAt === null ? 'active' : 'disabled';
  return view as unknown as ManagedUserView;
}

type Delivery = Awaited<ReturnType<DeliveriesService['find']>>[number];

export function toMailDeliveryView({ kind, recipient, state, attempts, lastError, createdAt, sentAt }: Delivery): MailDeliveryView {
  return { kind, recipient, state, attempts, lastError, createdAt: createdAt.toISOString(), sentAt: sentAt?.toISOString() ?? null };
}
