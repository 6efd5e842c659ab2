import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';

export class Login {
  @ApiProperty({ description: 'E-mail address.', example: 'oda@mail.com' })
  @IsString()
  email!: string;

  @ApiProperty({ description: 'At least 6 characters.', example: 'oda123' })
  @IsString()
  password!: string;
}

export class RegisterOrLogin extends Login {
  @ApiPropertyOptional({ description: 'Sent to register.', example: 'oda' })
  @IsOptional()
  @IsString()
  username?: string;
}
