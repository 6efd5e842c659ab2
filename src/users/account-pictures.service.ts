import { Injectable } from '@nestjs/common';
import { UserNotFoundError } from './errors.js';
import { UsersRepository } from './users.repository.js';

/** Which account has which picture, by its name; the files are kept elsewhere. Every change joins the caller's transaction. */
@Injectable()
export class AccountPicturesService {
  constructor(private readonly users: UsersRepository) {}

  /**
   * Gives an account another picture, or none.
   * @returns the name of the one it had
   * @throws UserNotFoundError
   */
  async set(id: string, name: string | null): Promise<string | null> {
    const former = await this.users.setAvatar(id, name);
    if (former === undefined) throw new UserNotFoundError();
    return former;
  }

  /**
   * Gives a picture to an account that is younger than this, has none, and of which no address or number is proven. Of parallel
   * calls one gets true.
   */
  setFirst(id: string, name: string, withinSeconds: number): Promise<boolean> {
    return this.users.setFirstAvatar(id, name, withinSeconds);
  }

  /** Whether `setFirst` would work now. */
  mayHaveFirst(id: string, withinSeconds: number): Promise<boolean> {
    return this.users.mayHaveFirstAvatar(id, withinSeconds);
  }

  /** Which of these pictures an account has. */
  findInUse(names: readonly string[]): Promise<string[]> {
    return this.users.findAvatarsInUse(names);
  }
}
