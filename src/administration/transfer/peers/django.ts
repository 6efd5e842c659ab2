import type { Move } from './move.js';
import { type OldFields, toObject } from './old-values.js';
import type { Peer } from './peer.js';

/** Beginning of a password that no password matches. Source: `django.contrib.auth.hashers.UNUSABLE_PASSWORD_PREFIX`. */
const UNUSABLE = '!';

/** What marks a record of `dumpdata` that is no account. */
const OTHER_MODEL = '(other model)';

/**
 * Django: `dumpdata` of the model of users (JSON or JSON lines), or the table `auth_user` as CSV. A model of the project's own is understood if
 * it keeps the fields of `AbstractBaseUser`. Source: `django.core.serializers`, `django.contrib.auth.models`.
 */
export const DJANGO: Peer = {
  name: 'Django',
  options: {},
  clean: flattened,
  read(move: Move): void {
    const model = move.text(OTHER_MODEL);
    if (model !== null) return move.leaveOut(`records of the model ${model}`);
    move.identify(move.text('pk', 'id'));
    // Django keeps no proof of an address; an app that does keeps it elsewhere.
    move.email(move.text('email'), false);
    move.username(move.text('username'));
    const createdAt = move.time('date_joined');
    const isActive = move.flag('is_active') !== false;
    move.set({ firstName: move.text('first_name'), lastName: move.text('last_name') });
    move.set({ createdAt, activatedAt: isActive ? (createdAt ?? true) : null, lastSignInAt: move.time('last_login') });
    if (!isActive) move.disable('Inactive in Django');
    if (move.flag('is_superuser') === true) move.note('role.left_out', 'superuser');
    if (move.flag('is_staff') === true) move.note('role.left_out', 'staff');
    for (const group of move.list('groups')) move.note('role.left_out', `group ${String(group)}`);
    if (move.list('user_permissions').length > 0) move.note('role.left_out', 'permissions of their own');
    const password = move.text('password');
    move.password(password?.startsWith(UNUSABLE) === true ? null : password, 'unusable in Django');
  },
};

/** The fields of a record of `dumpdata` become its members, as in CSV. */
function flattened(record: OldFields): OldFields {
  const fields = toObject(record['fields']);
  if (typeof record['model'] !== 'string' || fields === null) return record;
  return 'password' in fields ? { pk: record['pk'], ...fields } : { [OTHER_MODEL]: record['model'] };
}
