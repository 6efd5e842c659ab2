import { Module } from '@nestjs/common';
import { SigningKeyRotationModule } from './signing-key-rotation.module.js';
import { JwksController } from './jwks.controller.js';
import { SigningKeysService } from './signing-keys.service.js';

/** The keys that sign access tokens, as a server holds them, and the public ones for everybody. */
@Module({
  imports: [SigningKeyRotationModule],
  controllers: [JwksController],
  providers: [SigningKeysService],
  exports: [SigningKeysService],
})
export class SigningKeysModule {}
