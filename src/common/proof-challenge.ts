import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** Parameters of a challenge of ALTCHA 2. */
export class ProofParameters {
  @ApiProperty({ description: 'How keys are derived.', example: 'PBKDF2/SHA-256' })
  algorithm!: string;

  @ApiProperty({
    description: 'Hexadecimal. The password of a derivation is these bytes and the number.',
    example: 'b1946ac92492d2347c6235b4d2611184',
  })
  nonce!: string;

  @ApiProperty({ description: 'Hexadecimal.', example: '591785b794601e212b260e25925636fd' })
  salt!: string;

  @ApiProperty({ description: 'Iterations of a derivation.', type: 'integer', example: 2_000 })
  cost!: number;

  @ApiProperty({ description: 'Length of a derived key, bytes.', type: 'integer', example: 32 })
  keyLength!: number;

  @ApiProperty({
    description: 'How the derived key begins for the number that is looked for, hexadecimal.',
    example: 'e1464b9c8f3cc63a8b5a8a7d8d3b1c57',
  })
  keyPrefix!: string;

  @ApiPropertyOptional({ description: 'By this the server knows the derived key.', example: '3a1f0d5b' })
  keySignature?: string;

  @ApiPropertyOptional({ description: 'Seconds since 1970.', type: 'integer', example: 1_796_083_200 })
  expiresAt?: number;

  @ApiPropertyOptional({
    description: 'What it is for; send it back as it is.',
    type: 'object',
    additionalProperties: true,
    example: { purpose: 'mail', keyId: 'q3Zb0a1x' },
  })
  data?: Record<string, string | number | boolean | null>;
}

/** Work that a client has to prove (https://altcha.org, version 2). */
export class ProofChallenge {
  @ApiProperty({ description: 'What to solve.', type: ProofParameters })
  parameters!: ProofParameters;

  @ApiProperty({ description: 'By this the server knows that the challenge is its own.', example: '7f83b1657ff1fc53b92dc18148a1d65d' })
  signature!: string;
}
