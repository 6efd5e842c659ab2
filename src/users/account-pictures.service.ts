import { Injectable } from '@nestjs/common';
import { UserNotFoundError } from './errors.js';
import { AccountPicturesRepository } from './account-pictures.repository.js';

/** Stores the names of the accounts' pictures; `avatars` stores the files. Every change joins the caller's transaction. */
@Injectable()
export class AccountPicturesService {
  constructor(private readonly pictures: AccountPicturesRepository) {}

  /**
   * Replaces the picture of an account; null removes it.
   * @returns the name of the previous picture
   * @throws UserNotFoundError
   */
  async set(id: string, name: string | null): Promise<string | null> {
    const former = await this.pictures.set(id, name);
    if (former === undefined) throw new UserNotFoundError();
    return former;
  }

  /** Lets `setFirst` give a new account its picture, for so long; without this call no account gets one that way. */
  admitFirst(id: string, seconds: number): Promise<void> {
    return this.pictures.admitFirst(id, seconds);
  }

  /**
   * Gives a picture to an account that `admitFirst` was called for, that has none, and of which no address or number is proven. Of parallel
   * calls one gets true.
   */
  setFirst(id: string, name: string): Promise<boolean> {
    return this.pictures.setFirst(id, name);
  }

  /** Gives a picture to an account that has none. Of parallel calls one gets true. */
  setWhereNone(id: string, name: string): Promise<boolean> {
    return this.pictures.setWhereNone(id, name);
  }

  /** Whether `setFirst` would succeed now. */
  mayHaveFirst(id: string): Promise<boolean> {
    return this.pictures.mayHaveFirst(id);
  }

  /** Those of the pictures that an account uses. */
  findInUse(names: readonly string[]): Promise<string[]> {
    return this.pictures.findInUse(names);
  }
}
