import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChallengesModule } from '../../tokens/challenges/challenges.module.js';
import { Invitation } from './invitation.entity.js';
import { Invitations } from './invitations.service.js';
import { InvitationsRepository } from './invitations.repository.js';

/** Invitations without routes and mails, for the command line. */
@Module({
  imports: [TypeOrmModule.forFeature([Invitation]), ChallengesModule],
  providers: [Invitations, InvitationsRepository],
  exports: [Invitations],
})
export class InvitationStoreModule {}
