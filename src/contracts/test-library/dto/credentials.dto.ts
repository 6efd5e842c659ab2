import { ApiProperty } from '@nestjs/swagger';
import { IsString } from 'class-validator';

export class Login {
  @ApiProperty({ description: 'E-mail address.', example: 'john_doe@sample.com' })
  @IsString()
  email!: string;

  @ApiProperty({ description: 'At least 6 characters.', example: 'johndoe1' })
  @IsString()
  password!: string;
}

export class Register {
  @ApiProperty({ description: 'E-mail address; unique.', example: 'jajabi2@mail.com' })
  @IsString()
  email!: string;

  @ApiProperty({ description: 'At least 6 characters.', example: 'johndoe1' })
  @IsString()
  password!: string;

  @ApiProperty({
    description: '3 to 32 letters (a-z), digits, dots, underscores or hyphens, with at least one letter; unique.',
    example: 'tesu2',
  })
  @IsString()
  username!: string;
}
