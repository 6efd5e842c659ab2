import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsString, MaxLength, ValidateIf } from 'class-validator';
import { Keeps } from '../../../common/field-checks.js';
import { PageQuery } from '../../../common/pagination.js';
import { UserView } from '../../../users/dto/user.view.js';
import { fromEmail } from '../../../users/identifiers.js';
import { MAX_PASSWORD_INPUT } from '../../passwords/dto/password-input.js';
import { KeepsPolicy } from '../../passwords/keeps-policy.js';
import type { Invitation } from '../invitation.entity.js';
import { INVITED_ROLES, type InvitedRole } from '../invited-roles.js';

const ID = { format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' } as const;
const TIME = { type: 'string', format: 'date-time', example: '2026-03-08T09:30:00.000Z' } as const;

export class CreateInvitation {
  @ApiProperty({
    description: 'Whom to invite. The server mails a link there.',
    format: 'email',
    maxLength: 254,
    example: 'ada@example.com',
  })
  @Keeps((text: string) => fromEmail(text))
  @IsString()
  @IsNotEmpty()
  @MaxLength(254)
  email!: string;

  @ApiPropertyOptional({
    description: 'A role that the account gets beside `user`. No invitation makes an administrator.',
    enum: INVITED_ROLES,
    enumName: 'InvitedRole',
    example: 'librarian',
  })
  @ValidateIf((body: CreateInvitation) => body.role !== undefined)
  @IsIn(INVITED_ROLES)
  role?: InvitedRole;
}

export class AcceptInvitation {
  @ApiProperty({ description: 'Token of the link.', maxLength: 100, example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  token!: string;

  @ApiPropertyOptional({
    description:
      'A password for the new account. Without it the account has none: its owner signs in by mailed codes, and can add passkeys or a password later. Not together with an access token.',
    format: 'password',
    maxLength: MAX_PASSWORD_INPUT,
    example: 'four bright birds sing',
  })
  @ValidateIf((body: AcceptInvitation) => body.password !== undefined)
  @KeepsPolicy()
  @IsString()
  @MaxLength(MAX_PASSWORD_INPUT)
  password?: string;
}

export class ListInvitationsQuery extends PageQuery {
  listName(): string {
    return 'invitations';
  }
}

export class InvitationSentView {
  @ApiProperty({ ...ID, description: 'The invitation. Inviting the same address again while it is open answers with the same one.' })
  id!: string;

  @ApiProperty({ ...TIME, description: 'Until when its link works.' })
  expiresAt!: string;
}

export class InvitationView extends InvitationSentView {
  @ApiProperty({ description: 'Who is invited.', format: 'email', example: 'ada@example.com' })
  email!: string;

  @ApiProperty({
    description: 'A role that the account gets beside `user`; null for none.',
    enum: INVITED_ROLES,
    enumName: 'InvitedRole',
    nullable: true,
    example: 'librarian',
  })
  role!: InvitedRole | null;

  @ApiProperty({ ...ID, description: 'The administrator; null for the command line.', type: 'string', nullable: true })
  invitedBy!: string | null;

  @ApiProperty({ ...TIME, description: 'When the address was first invited.' })
  createdAt!: string;
}

export class InvitationListView {
  @ApiProperty({ type: [InvitationView], description: 'Open invitations, expired ones too, the newest first.' })
  data!: InvitationView[];

  @ApiProperty({
    description: 'Send it as `cursor` for the next page; null on the last one.',
    type: 'string',
    nullable: true,
    example: 'rS0cQ2wmSd1bIjAxOWE5ZjNlLTZjMWItN2MzZS1hNmQwLTVmMGY2ZjNiMWExMSJd',
  })
  nextCursor!: string | null;
}

export class InvitationAcceptedView {
  @ApiProperty({ type: UserView, description: 'The account. Accepting signs nobody in.' })
  user!: UserView;
}

export function toInvitationView({ id, email, role, invitedBy, createdAt, expiresAt }: Invitation): InvitationView {
  return { id, email, role, invitedBy, createdAt: createdAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
