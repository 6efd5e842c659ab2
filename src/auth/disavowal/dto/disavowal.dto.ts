import { ApiProperty } from '@nestjs/swagger';
import { LinkTokenField } from '../../challenges/link-token-field.js';

export class Disavow {
  @LinkTokenField('Token of the link in the mail that told of the act.')
  token!: string;
}

export class DisavowedView {
  @ApiProperty({
    description:
      'What became of the act. `undone`: it is taken back; `gone`: nothing of it was left; `later`: it was the only second factor of an account that demands one, which `dueAt` says more about; `nothing`: acts of its kind are not taken back, such as a removal.',
    enumName: 'DisavowedAct',
    enum: ['undone', 'gone', 'later', 'nothing'],
    example: 'undone',
  })
  undone!: string;

  @ApiProperty({
    description:
      'With `later`: from then on a reset of the password goes without the second factor, unless somebody shows it before. Null with `later`: only an administrator can remove it.',
    type: 'string',
    format: 'date-time',
    nullable: true,
    example: null,
  })
  dueAt!: string | null;

  @ApiProperty({
    description:
      'How the owner gets in again. `reset`: by the link to choose a new password that was mailed; `sign-in`: as usual; `elsewhere`: the account has another e-mail address by now, to which resets go: undo that first.',
    enumName: 'WayBackIn',
    enum: ['reset', 'sign-in', 'elsewhere'],
    example: 'reset',
  })
  next!: string;
}
