import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OutboundModule } from '../../outbound/outbound.module.js';
import { ConfiguredProviders } from './configured-providers.service.js';
import { ProviderClient } from './provider-client.service.js';
import { StoredProvider } from './provider.entity.js';
import { ProviderMetadata } from './provider-metadata.service.js';
import { ProviderSecrets } from './provider-secrets.service.js';
import { ProvidersController } from './providers.controller.js';
import { ProvidersRepository } from './providers.repository.js';
import { ProvidersService } from './providers.service.js';

/** Identity providers: how they are set up, and how the server speaks to them. */
@Module({
  imports: [OutboundModule, TypeOrmModule.forFeature([StoredProvider])],
  controllers: [ProvidersController],
  providers: [ConfiguredProviders, ProviderClient, ProviderMetadata, ProviderSecrets, ProvidersRepository, ProvidersService],
  exports: [ConfiguredProviders, ProviderClient, ProvidersService],
})
export class ProvidersModule {}
