import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { KnownProviders } from './known-providers.service.js';
import { StoredProvider } from './provider.entity.js';
import { ProvidersRepository } from './providers.repository.js';

/** The providers that are set up, for the command line. */
@Module({
  imports: [TypeOrmModule.forFeature([StoredProvider])],
  providers: [KnownProviders, ProvidersRepository],
  exports: [KnownProviders],
})
export class KnownProvidersModule {}
