import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { CodeField } from '../../../../common/code-field.js';
import { SignInView } from '../../../sign-in/dto/sign-in.view.js';
import { AuthenticatorName } from '../../../authenticators/dto/authenticator-name.js';

export class AddTotp {
  @AuthenticatorName({ required: false })
  @IsOptional()
  name?: string;
}

export class ConfirmTotp {
  @ApiProperty({ description: 'The six digits that the app shows now.', pattern: String.raw`^\d{6}$`, example: '492039' })
  @CodeField(6)
  code!: string;
}

export class NewTotpView {
  @ApiProperty({ description: 'For the confirmation.', format: 'uuid', example: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11' })
  id!: string;

  @ApiProperty({
    description: 'The secret in base32, to be typed where a QR code cannot be scanned. It is told only now.',
    example: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
  })
  secret!: string;

  @ApiProperty({
    description: 'The same as a link that opens an authenticator app on this device.',
    example:
      'otpauth://totp/Latchkey:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Latchkey&algorithm=SHA1&digits=6&period=30',
  })
  otpauthUrl!: string;

  @ApiProperty({
    description: 'The same as a QR code: an SVG image of black squares on white.',
    example: '<svg viewBox="0 0 53 53" xmlns="http://www.w3.org/2000/svg">…</svg>',
  })
  qrSvg!: string;
}

const RecoveryCodesField = (): PropertyDecorator =>
  ApiProperty({
    description:
      'Ten codes, only when the account got its first second factor by this. Each works once, instead of a lost authenticator. They are shown only now.',
    type: [String],
    required: false,
    example: ['7QK2-9F3D-0XWA-B6MT', 'HS4N-P2ZC-8V1E-JGY5'],
  });

export class ConfirmedTotpView {
  @RecoveryCodesField()
  recoveryCodes?: string[];
}

export class EnrolledSignInView extends SignInView {
  @RecoveryCodesField()
  recoveryCodes?: string[];
}
