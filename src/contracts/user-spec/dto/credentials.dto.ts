import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';

export class AccountName {
  @ApiProperty({ description: 'E-mail address.', example: 'example@gmail.com' })
  @IsString()
  username!: string;
}

export class Credentials extends AccountName {
  @ApiProperty({ description: 'At least 6 characters.', example: 'rahasia' })
  @IsString()
  password!: string;
}

export class NewPassword {
  @ApiProperty({ description: 'At least 6 characters.', example: 'narokay123' })
  @IsString()
  password!: string;
}
