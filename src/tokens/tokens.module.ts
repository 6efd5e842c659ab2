import { Module } from '@nestjs/common';
import { AccessModule } from './access/access.module.js';
import { AccessTokensModule } from './access-tokens/access-tokens.module.js';
import { ChallengesModule } from './challenges/challenges.module.js';
import { OAuthModule } from './oauth/oauth.module.js';
import { SessionsModule } from './sessions/sessions.module.js';
import { SigningKeysModule } from './signing-keys/signing-keys.module.js';

/** The wing of tokens: what its rooms offer to the rest. */
@Module({
  imports: [AccessModule, AccessTokensModule, ChallengesModule, OAuthModule, SessionsModule, SigningKeysModule],
  exports: [ChallengesModule, SessionsModule, SigningKeysModule],
})
export class TokensModule {}
