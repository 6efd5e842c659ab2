import { ApiProperty } from '@nestjs/swagger';
import { IsNotEmpty, IsString, MaxLength } from 'class-validator';

/** What the page sends. */
export class DisavowForm {
  @ApiProperty({
    description: 'Token of the link; the page has it in a hidden field.',
    maxLength: 100,
    example: 'AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZo',
  })
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  token!: string;
}
