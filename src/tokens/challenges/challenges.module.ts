import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ChallengeClosingRepository } from './challenge-closing.repository.js';
import { ChallengeClosing } from './challenge-closing.service.js';
import { ChallengeSecrets } from './challenge-secrets.service.js';
import { ChallengeTriesRepository } from './challenge-tries.repository.js';
import { ChallengesService } from './challenges.service.js';
import { ChallengesRepository } from './challenges.repository.js';
import { LeftChallenges } from './left-challenges.service.js';
import { Challenge } from './challenge.entity.js';

/** One-time codes and links. */
@Module({
  imports: [TypeOrmModule.forFeature([Challenge])],
  providers: [
    ChallengesService,
    ChallengeClosing,
    ChallengeClosingRepository,
    ChallengesRepository,
    ChallengeTriesRepository,
    LeftChallenges,
    ChallengeSecrets,
  ],
  exports: [ChallengeClosing, ChallengeSecrets, ChallengesService, LeftChallenges],
})
export class ChallengesModule {}
