import { Injectable } from '@nestjs/common';
import { Any, type FindOptionsWhere, IsNull, Raw } from 'typeorm';
import { DatabaseService } from '../database/database.service.js';
import { User } from './user.entity.js';

/** How many replaced pictures of an account are on record: more than anybody uploads in the day for which their files stay. */
const REPLACED_AVATARS = 200;

/** The pictures of accounts, by the names of their files. */
@Injectable()
export class AccountPicturesRepository {
  constructor(private readonly database: DatabaseService) {}

  /** A picture that is replaced, not removed, stays on record. @returns the former picture; undefined when there is no such account */
  async set(id: string, name: string | null): Promise<string | null | undefined> {
    const [row] = await this.database.query<{ avatar: string | null }>(
      `UPDATE users u SET avatar = $2, updated_at = now(), version = u.version + 1, replaced_avatars = CASE
         WHEN former.avatar <> $2 THEN (former.avatar || coalesce(u.replaced_avatars, '{}'))[1:${REPLACED_AVATARS}]
         ELSE u.replaced_avatars END
       FROM (SELECT id, avatar FROM users WHERE id = $1 FOR UPDATE) AS former
       WHERE u.id = former.id RETURNING former.avatar`,
      [id, name],
    );
    return row?.avatar;
  }

  /** Gives a picture to a new account that has none and is nobody's yet; of parallel calls one gets true. */
  async setFirst(id: string, name: string): Promise<boolean> {
    const { affected } = await this.users.update(newcomer(id), { avatar: name });
    return affected === 1;
  }

  /** Gives a picture to an account that has none; of parallel calls one gets true. */
  async setWhereNone(id: string, name: string): Promise<boolean> {
    const { affected } = await this.users.update({ id, avatar: IsNull() }, { avatar: name });
    return affected === 1;
  }

  /** Whether `setFirst` would work now. */
  mayHaveFirst(id: string): Promise<boolean> {
    return this.users.existsBy(newcomer(id));
  }

  /** Lets `setFirst` give the account a picture, for so long. No edit: the account's version stays. */
  async admitFirst(id: string, seconds: number): Promise<void> {
    await this.database.query('UPDATE users SET first_picture_until = now() + make_interval(secs => $2) WHERE id = $1', [id, seconds]);
  }

  async findInUse(names: readonly string[]): Promise<string[]> {
    const rows = await this.users
      .createQueryBuilder('user')
      .select('user.avatar', 'avatar')
      .distinct()
      .where({ avatar: Any([...names]) })
      .getRawMany<{ avatar: string }>();
    return rows.map(({ avatar }) => avatar);
  }

  private get users() {
    return this.database.repo(User);
  }
}

/** A new account without a picture, of which nobody has proven an address or a number yet. */
function newcomer(id: string): FindOptionsWhere<User> {
  return {
    id,
    avatar: IsNull(),
    emailVerifiedAt: IsNull(),
    mobileVerifiedAt: IsNull(),
    disabledAt: IsNull(),
    roles: Raw((roles) => `${roles} = '{user}' AND first_picture_until > now()`),
  };
}
