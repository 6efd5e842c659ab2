import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { RelatedOriginsController } from './related-origins.controller.js';
import { RelyingParty } from './relying-party.service.js';
import { WebauthnChallenge } from './webauthn-challenge.entity.js';
import { WebauthnChallengesRepository } from './webauthn-challenges.repository.js';
import { WebauthnChallenges } from './webauthn-challenges.service.js';

/** The server as a relying party of WebAuthn. */
@Module({
  imports: [TypeOrmModule.forFeature([WebauthnChallenge])],
  controllers: [RelatedOriginsController],
  providers: [RelyingParty, WebauthnChallenges, WebauthnChallengesRepository],
  exports: [RelyingParty, WebauthnChallenges],
})
export class WebauthnModule {}
