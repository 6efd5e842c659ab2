import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { SigningKeyRotation } from './signing-key-rotation.service.js';
import { SigningKey } from './signing-key.entity.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

/** The keys at rest and their rotation, without a server around them: also for the command line. */
@Module({
  imports: [TypeOrmModule.forFeature([SigningKey])],
  providers: [SigningKeysRepository, SigningKeyRotation],
  exports: [SigningKeysRepository, SigningKeyRotation],
})
export class SigningKeyRotationModule {}
