import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { KeepsPolicy } from '../../../auth/passwords/keeps-policy.js';
import { Keeps } from '../../../common/field-checks.js';
import { fromMobile, fromUsername } from '../../../users/identifiers.js';
import { IsCode } from '../../shared/code.js';

export class Register {
  @ApiProperty({ description: 'User name: 3 to 32 letters, digits, dots, underscores and hyphens.', example: 'fatematzuhora' })
  @Keeps((text: string) => fromUsername(text))
  @IsString()
  username!: string;

  @ApiProperty({
    description: 'User mobile number, returned as it was written. The X are placeholders for digits.',
    example: '01XXXXXXXXX',
  })
  @Keeps((text: string, { DEFAULT_REGION }) => fromMobile(text, DEFAULT_REGION))
  @IsString()
  mobile!: string;

  @ApiProperty({ description: 'User password: at least 6 characters.', example: 'password' })
  @KeepsPolicy('legacy')
  @IsString()
  password!: string;
}

export class Activate {
  @ApiProperty({ description: 'User mobile number, in any spelling.', example: '01XXXXXXXXX' })
  @IsString()
  mobile!: string;

  @ApiPropertyOptional({
    description: 'The eight digits that the server texted to the number; ignored with `CONTRACTS_OPEN=true`.',
    type: 'string',
    example: '04291765',
  })
  @IsOptional()
  @IsCode(8)
  code?: string | null;
}

export class Login {
  @ApiProperty({ description: 'User name.', example: 'fatematzuhora' })
  @IsString()
  username!: string;

  @ApiProperty({ description: 'User password.', example: 'password' })
  @IsString()
  password!: string;
}
