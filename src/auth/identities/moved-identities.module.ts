import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KnownProvidersModule } from '../providers/known-providers.module.js';
import { IdentitiesRepository } from './identities.repository.js';
import { Identity } from './identity.entity.js';
import { MovedIdentities } from './moved-identities.service.js';

/** Import and export of identities, without what signs people in: for the command line. */
@Module({
  imports: [TypeOrmModule.forFeature([Identity]), KnownProvidersModule],
  providers: [IdentitiesRepository, MovedIdentities],
  exports: [MovedIdentities],
})
export class MovedIdentitiesModule {}
