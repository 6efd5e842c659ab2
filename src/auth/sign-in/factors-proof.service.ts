import { Injectable } from '@nestjs/common';
import type { Credentials } from '../../users/account.js';
import { BadCredentialsError } from '../passwords/errors.js';
import type { OpenSignIn } from './open-sign-in.entity.js';
import { Proof } from './proof.js';
import { withEarlier } from './sign-in-status.js';

/** Proving who one is by the factors that passed in a sign-in. */
@Injectable()
export class FactorsProofService {
  /** @throws BadCredentialsError unless they are all of this account, and of its present sessions */
  prove(
    signIn: Pick<OpenSignIn, 'purpose' | 'passed' | 'userId' | 'epoch' | 'earlierMethods'>,
    credentials: Pick<Credentials, 'account' | 'sessionEpoch'>,
  ): Proof {
    const { passed, userId, epoch } = signIn;
    const isOf = userId === credentials.account.id && passed.every((factor) => factor.userId === userId);
    if (!isOf || epoch !== credentials.sessionEpoch || passed.length === 0) throw new BadCredentialsError();
    return Proof.of(credentials, withEarlier(signIn));
  }
}
