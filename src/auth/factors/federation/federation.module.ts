import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AvatarsModule } from '../../../avatars/avatars.module.js';
import { OutboundModule } from '../../../outbound/outbound.module.js';
import { SessionsModule } from '../../../tokens/sessions/sessions.module.js';
import { UsersModule } from '../../../users/users.module.js';
import { AdmissionModule } from '../../admission/admission.module.js';
import { AuthenticatorsModule } from '../../authenticators/authenticators.module.js';
import { MailedChallengesModule } from '../../challenges/mailed-challenges.module.js';
import { ContactsModule } from '../../contacts/contacts.module.js';
import { IdentitiesModule } from '../../identities/identities.module.js';
import { PasswordsModule } from '../../passwords/passwords.module.js';
import { ProvidersModule } from '../../providers/providers.module.js';
import { SignInModule } from '../../sign-in/sign-in.module.js';
import { IdentityLinks } from './identity-links.service.js';
import { IdentityLinksController } from './identity-links.controller.js';
import { ProviderCallbackController } from './provider-callback.controller.js';
import { ProviderCallbacks } from './provider-callbacks.service.js';
import { ProviderFactor } from './provider-factor.service.js';
import { ProviderPictures } from './provider-pictures.service.js';
import { ProviderRequest } from './provider-request.entity.js';
import { ProviderRequests } from './provider-requests.service.js';
import { ProviderRequestsRepository } from './provider-requests.repository.js';
import { ProviderSignUps } from './provider-sign-ups.service.js';
import { UpstreamArrivals } from './upstream-arrivals.service.js';

/** Signing in by identity providers, and linking them. */
@Module({
  imports: [
    TypeOrmModule.forFeature([ProviderRequest]),
    AdmissionModule,
    AuthenticatorsModule,
    AvatarsModule,
    ContactsModule,
    IdentitiesModule,
    MailedChallengesModule,
    OutboundModule,
    PasswordsModule,
    ProvidersModule,
    SessionsModule,
    SignInModule,
    UsersModule,
  ],
  controllers: [IdentityLinksController, ProviderCallbackController],
  providers: [
    IdentityLinks,
    ProviderCallbacks,
    ProviderFactor,
    ProviderPictures,
    ProviderRequests,
    ProviderRequestsRepository,
    ProviderSignUps,
    UpstreamArrivals,
  ],
})
export class FederationModule {}
