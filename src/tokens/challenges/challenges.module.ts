import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChallengeSecrets } from './challenge-secrets.service.js';
import { ChallengeTriesRepository } from './challenge-tries.repository.js';
import { ChallengesService } from './challenges.service.js';
import { ChallengesRepository } from './challenges.repository.js';
import { LeftChallengesRepository } from './left-challenges.repository.js';
import { Challenge } from './challenge.entity.js';

/** One-time codes and links. */
@Module({
  imports: [TypeOrmModule.forFeature([Challenge])],
  providers: [ChallengesService, ChallengesRepository, ChallengeTriesRepository, LeftChallengesRepository, ChallengeSecrets],
  exports: [ChallengesService],
})
export class ChallengesModule {}
