import { Module } from '@nestjs/common';
import { SigningKeyRotationModule } from './signing-key-rotation.module.js';
import { JwksController } from './jwks.controller.js';
import { SigningKeysService } from './signing-keys.service.js';

/** The signing keys of a server, and the endpoint with the public keys. */
@Module({
  imports: [SigningKeyRotationModule],
  controllers: [JwksController],
  providers: [SigningKeysService],
  exports: [SigningKeysService],
})
export class SigningKeysModule {}
