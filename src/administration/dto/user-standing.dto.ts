import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsIn, IsNotEmpty, IsString, MaxLength } from 'class-validator';
import { ROLES, type Role } from '../../common/access.js';
import { InvalidRequestError } from '../../common/errors.js';
import { Keeps } from '../../common/field-checks.js';
import { readLine } from '../../common/text.js';

const MAX_REASON_CHARS = 300;

/** The reason that an administrator gives for an act. */
export class GiveReason {
  @ApiProperty({
    description: 'On one line. The audit log keeps the reason as long as the account exists; the user can read it there.',
    maxLength: MAX_REASON_CHARS,
    example: 'Sent advertisements',
  })
  @Keeps((reason: string) => readReason({ reason }))
  @IsString()
  @IsNotEmpty()
  @MaxLength(MAX_REASON_CHARS)
  reason!: string;
}

export class SetRoles {
  @ApiProperty({
    description: 'All roles of the account; `user` is always added.',
    enum: ROLES,
    enumName: 'Role',
    isArray: true,
    example: ['librarian'],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(ROLES.length)
  @ArrayUnique()
  @IsIn(ROLES, { each: true })
  roles!: Role[];
}

/** @throws InvalidRequestError if the reason is blank or has several lines */
export function readReason({ reason }: GiveReason): string {
  const clean = readLine(reason, MAX_REASON_CHARS);
  if (clean === null) throw InvalidRequestError.line('reason', 'reason.invalid', reason, MAX_REASON_CHARS);
  if (clean === '') throw InvalidRequestError.field('reason', 'reason.invalid', 'Give a reason.', { text: 'rule.required' });
  return clean;
}
