import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../../audit/audit.module.js';
import { SigningKeyRotation } from './signing-key-rotation.service.js';
import { SigningKey } from './signing-key.entity.js';
import { SigningKeysRepository } from './signing-keys.repository.js';

/** The stored keys and their rotation, usable without a server, so that the command line can use it. */
@Module({
  imports: [TypeOrmModule.forFeature([SigningKey]), AuditModule],
  providers: [SigningKeysRepository, SigningKeyRotation],
  exports: [SigningKeysRepository, SigningKeyRotation],
})
export class SigningKeyRotationModule {}
