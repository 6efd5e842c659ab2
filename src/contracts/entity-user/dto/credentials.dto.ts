import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { MayBeAbsent } from '../../shared/may-be-absent.js';

export class Login {
  @ApiProperty({ description: 'E-mail address.', example: 'oda@mail.com' })
  @IsString()
  email!: string;

  @ApiProperty({ description: 'At least 6 characters.', example: 'oda123' })
  @IsString()
  password!: string;
}

export class RegisterOrLogin extends Login {
  @ApiPropertyOptional({ description: 'Send it to register.', example: 'oda' })
  @MayBeAbsent()
  @IsString()
  username?: string;
}
