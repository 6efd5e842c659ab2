import { ApiProperty } from '@nestjs/swagger';
import type { ExportedList, ExportedObject } from '../common/export-part.js';
import { ContactsService } from './contacts.service.js';
import { rowOf } from './account-fields.js';
import { UserView, toUserView } from './dto/user.view.js';
import { AUTHENTICATOR_TYPES, type AuthenticatorType } from './field-values.js';
import { type FieldsShown, type Told, fieldsShown } from './field-sets.js';
import { UsersService } from './users.service.js';

const TIME = { type: 'string', format: 'date-time', example: '2026-03-01T09:30:00.000Z' } as const;

class ExportedAccount extends UserView implements Told<'export'> {
  @ApiProperty({ ...TIME, description: 'When `email` was proven.', nullable: true })
  emailVerifiedAt!: string | null;

  @ApiProperty({
    description: 'The last proven address while a new one is not proven yet.',
    type: 'string',
    nullable: true,
    example: 'ada@example.com',
  })
  recoveryEmail!: string | null;

  @ApiProperty({ ...TIME, description: 'When `mobile` was proven.', nullable: true })
  mobileVerifiedAt!: string | null;

  @ApiProperty({
    description: 'The last proven mobile number while a new one is not proven yet.',
    type: 'string',
    nullable: true,
    example: '+12025550147',
  })
  recoveryMobile!: string | null;

  @ApiProperty({ ...TIME, description: 'Since when the owner wants a second factor at every sign-in.', nullable: true })
  mfaRequiredAt!: string | null;

  @ApiProperty({
    description: 'Kinds of authenticators that the account has beside a password.',
    enum: AUTHENTICATOR_TYPES,
    enumName: 'AuthenticatorType',
    isArray: true,
    example: ['totp'],
  })
  factors!: AuthenticatorType[];

  @ApiProperty({ ...TIME, description: 'When the account was activated, if a contract requires that.', nullable: true })
  activatedAt!: string | null;

  @ApiProperty({ ...TIME, description: 'When the account was disabled.', nullable: true })
  disabledAt!: string | null;

  @ApiProperty({ description: 'Increases with every edit.', type: 'integer', example: 3 })
  version!: number;

  @ApiProperty({ ...TIME, description: 'When the account last signed in.', nullable: true })
  lastSignInAt!: string | null;

  @ApiProperty({ description: 'Number of wrong passwords since the last right one.', type: 'integer', example: 0 })
  passwordFailures!: number;
}

/** Fields that the export contains and the view does not. */
const MORE = fieldsShown('export').filter((name) => !rowOf(name).shown.includes('view')) as MoreField[];
type MoreField = Exclude<FieldsShown<'export'>, FieldsShown<'view'>>;

/** @throws UserNotFoundError */
export const ACCOUNT_EXPORT: ExportedObject<UsersService, ExportedAccount> = {
  position: 1,
  description: 'The account and its use.',
  view: ExportedAccount,
  tables: ['users', 'user_activity'],
  source: UsersService,
  read: async (users, userId) => {
    const account = await users.getById(userId);
    const { passwordFailures, ...activity } = await users.findActivity(userId);
    const known = { ...account, ...activity };
    const more = Object.fromEntries(MORE.map((name) => [name, known[name]])) as Pick<typeof known, MoreField>;
    return { ...toUserView(account), ...more, passwordFailures };
  },
};

class HeldEmailView {
  @ApiProperty({ description: 'The former address.', example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ ...TIME, description: 'Until when the change can be undone and the address stays reserved.' })
  heldUntil!: string;
}

export const HELD_EMAILS_EXPORT: ExportedList<ContactsService, HeldEmailView> = {
  position: 2,
  description: 'Former e-mail addresses to which a change can still be undone.',
  view: HeldEmailView,
  tables: ['held_emails'],
  source: ContactsService,
  each: async function* (contacts, userId) {
    yield* await contacts.findHeldEmails(userId);
  },
};
