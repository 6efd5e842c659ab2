import { Injectable } from '@nestjs/common';
import { BadCredentialsError } from '../../auth/passwords/errors.js';
import { type SignedIn, type SignInClient, SignInService } from '../../auth/sign-in/sign-in.service.js';
import type { Caller } from '../../common/caller.js';
import { UserNotFoundError } from '../../users/errors.js';
import { UsersService } from '../../users/users.service.js';

/** Sign-in for contracts whose answers distinguish an unknown account from a wrong password; the core's answers do not. */
@Injectable()
export class TellingSignIn {
  constructor(
    private readonly signIns: SignInService,
    private readonly users: UsersService,
  ) {}

  /** As `SignInService.signIn`; throws UserNotFoundError for an identifier that no account has. */
  async signIn(identifier: string, password: string, client: SignInClient, caller: Caller): Promise<SignedIn> {
    try {
      return await this.signIns.signIn(identifier, password, client, caller);
    } catch (error) {
      const isUnknown = error instanceof BadCredentialsError && (await this.users.findByIdentifier(identifier)) === null;
      throw isUnknown ? new UserNotFoundError() : error;
    }
  }
}
