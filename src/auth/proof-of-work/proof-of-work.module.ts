import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MetricsModule } from '../../metrics/metrics.module.js';
import { UsersModule } from '../../users/users.module.js';
import { ProofChallenges } from './proof-challenges.service.js';
import { ProofsOfWork } from './proofs-of-work.service.js';
import { UsedProof } from './used-proof.entity.js';
import { UsedProofsRepository } from './used-proofs.repository.js';

/** Proofs of work. */
@Module({
  imports: [MetricsModule, TypeOrmModule.forFeature([UsedProof]), UsersModule],
  providers: [ProofChallenges, ProofsOfWork, UsedProofsRepository],
  exports: [ProofsOfWork],
})
export class ProofOfWorkModule {}
