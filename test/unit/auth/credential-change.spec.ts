import { describe, expect, it, vi } from 'vitest';
import { CredentialChange } from '../../../src/auth/passwords/credential-change.service.js';
import { BadCredentialsError } from '../../../src/auth/passwords/errors.js';
import type { AssuranceCheck } from '../../../src/tokens/access/assurance-check.service.js';
import type { SecondFactorCheck } from '../../../src/auth/authenticators/second-factor-check.service.js';
import type { PasswordCheck } from '../../../src/auth/passwords/password-check.service.js';
import type { Role } from '../../../src/common/access.js';
import type { ChallengeClosing } from '../../../src/tokens/challenges/challenge-closing.service.js';
import type { ChallengesService } from '../../../src/tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../../src/tokens/challenges/errors.js';
import type { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { UnauthenticatedError } from '../../../src/common/errors.js';
import type { Account, Credentials } from '../../../src/users/account.js';
import type { ContactsService } from '../../../src/users/contacts.service.js';
import { UserNotFoundError } from '../../../src/users/errors.js';
import type { UsersService } from '../../../src/users/users.service.js';
import { CALLER, principalOf } from '../../support/authorized.js';

const PASSWORD = 'four bright birds sing';
const ADA = 'ada';
const CHALLENGE = { id: 'challenge', userId: ADA, purpose: 'confirm-email', address: 'ada@example.com', clientId: null } as const;

/** The gate over an account `ada`; `now` is what a confirmation finds, null for an account that is gone. */
function make({
  roles = ['user'],
  now = {},
  isSignedIn = true,
}: { roles?: Role[]; isSignedIn?: boolean; now?: Partial<{ sessionEpoch: number; disabledAt: Date | null; roles: Role[] }> | null } = {}) {
  const account = { id: ADA, roles, factors: [] as Account['factors'], disabledAt: null as Date | null } as Account;
  const credentials: Credentials = { account, passwordHash: '$argon2id$', passwordLocked: false, passwordWorn: false, sessionEpoch: 1 };
  const consume = vi.fn<ChallengesService['consume']>(async () => {});
  const byId = vi.fn<PasswordCheck['byId']>(async (id, password) => {
    if (id !== ADA || password !== PASSWORD) throw new BadCredentialsError();
    return credentials;
  });
  const lock = async (): Promise<Credentials> => {
    if (now === null) throw new UserNotFoundError();
    const { sessionEpoch = 1, disabledAt = null, roles: rolesNow = roles } = now;
    return { ...credentials, sessionEpoch, account: { ...account, disabledAt, roles: rolesNow } };
  };
  const getById = async (id: string): Promise<Account> => {
    if (id !== ADA) throw new UserNotFoundError();
    return account;
  };
  const gate = new CredentialChange(
    { byId } as unknown as PasswordCheck,
    { findLive: async () => (isSignedIn ? {} : null) } as unknown as SessionsService,
    { getById, findById: (id: string) => getById(id).catch(() => null) } as unknown as UsersService,
    { lock } as unknown as ContactsService,
    { consume } as unknown as ChallengesService,
    { settle: async () => {} } as unknown as ChallengeClosing,
    { isDemandedOf: () => false } as unknown as SecondFactorCheck,
    { demand: () => true } as unknown as AssuranceCheck,
  );
  return { gate, byId, consume };
}

const promise = (password?: string) => ({ accountId: ADA, promisedBy: 'entity-user', password });

describe('the gate', () => {
  describe('authorization', () => {
    it('is given to a session with the password of its account', async () => {
      const { gate } = make();
      expect((await gate.authorize(principalOf(ADA), 'email', { password: PASSWORD }, CALLER)).account.id).toBe(ADA);
      await expect(gate.authorize(principalOf(ADA), 'email', { password: 'no' }, CALLER)).rejects.toThrow(BadCredentialsError);
    });

    it('is refused for a password without an account', async () => {
      const { gate, byId } = make();
      await expect(gate.authorize(null, 'email', { password: PASSWORD }, CALLER)).rejects.toMatchObject({ code: 'access.unauthenticated' });
      expect(byId).not.toHaveBeenCalled();
    });

    it('is given for a link with the password of its account, even if somebody else is signed in', async () => {
      const { gate } = make();
      const evidence = { password: PASSWORD, challenge: CHALLENGE };
      for (const asker of [null, principalOf('eve')]) {
        expect((await gate.authorize(asker, 'email', evidence, CALLER)).account.id).toBe(ADA);
      }
    });

    it('is refused for a code or link of a deleted account', async () => {
      const challenge = { ...CHALLENGE, userId: 'gone' };
      await expect(make().gate.authorize(null, 'takeover', { challenge }, CALLER)).rejects.toThrow(InvalidChallengeError);
    });

    it('the act of an administrator', async () => {
      const act = { accountId: ADA, as: 'administrator' } as const;
      expect((await make().gate.authorize(principalOf('eve', ['admin', 'user']), 'deletion', act, CALLER)).actorId).toBe('eve');
      for (const asker of [null, principalOf(ADA), principalOf('eve', ['librarian', 'user'])]) {
        await expect(make().gate.authorize(asker, 'deletion', act, CALLER)).rejects.toMatchObject({ code: 'access.forbidden' });
      }
    });

    it('what a contract promises, without the password only in a session that this contract opened', async () => {
      const { gate, byId } = make();
      const own = principalOf(ADA, ['user'], 'entity-user');
      expect((await gate.authorize(own, 'deletion', promise(), CALLER)).actorId).toBe(ADA);
      expect(byId).not.toHaveBeenCalled();
      for (const asker of [principalOf(ADA), principalOf(ADA, ['user'], 'user-auth')]) {
        await expect(gate.authorize(asker, 'deletion', promise(), CALLER)).rejects.toThrow(BadCredentialsError);
        await expect(gate.authorize(asker, 'deletion', promise('no'), CALLER)).rejects.toThrow(BadCredentialsError);
        expect((await gate.authorize(asker, 'deletion', promise(PASSWORD), CALLER)).sessionEpoch).toBe(1);
      }
    });

    it('what a contract promises, with the password wherever the account has an elevated role', async () => {
      const { gate } = make({ roles: ['admin', 'user'] });
      const own = principalOf(ADA, ['user'], 'entity-user');
      await expect(gate.authorize(own, 'deletion', promise(), CALLER)).rejects.toThrow(BadCredentialsError);
      expect((await gate.authorize(own, 'deletion', promise(PASSWORD), CALLER)).actorId).toBe(ADA);
    });

    it('what a contract promises to administrators by their own password, and to no others', async () => {
      const { gate, byId } = make();
      const admin = principalOf('eve', ['admin', 'user']);
      await expect(gate.authorize(admin, 'deletion', promise(), CALLER)).rejects.toThrow(BadCredentialsError);
      await expect(gate.authorize(admin, 'deletion', promise(PASSWORD), CALLER)).rejects.toThrow(BadCredentialsError);
      expect(byId.mock.calls).toEqual([['eve', PASSWORD, CALLER]]);
      for (const asker of [null, principalOf('eve'), principalOf('eve', ['user'], 'entity-user')]) {
        await expect(gate.authorize(asker, 'deletion', promise(PASSWORD), CALLER)).rejects.toMatchObject({ code: 'access.forbidden' });
      }
    });
  });

  describe('confirmation', () => {
    it('returns the current account and the actor, and consumes the challenge once', async () => {
      const { gate, consume } = make();
      const change = await gate.confirm(await gate.authorize(null, 'email', { password: PASSWORD, challenge: CHALLENGE }, CALLER));
      expect(change).toMatchObject({ kind: 'email', account: { id: ADA }, actorId: ADA });
      expect(consume.mock.calls).toEqual([[CHALLENGE]]);
    });

    it.each([{ sessionEpoch: 2 }, { disabledAt: new Date() }, null])('refuses a password if the account has become %j', async (now) => {
      const { gate } = make({ now });
      const authorization = await gate.authorize(principalOf(ADA), 'password', { password: PASSWORD }, CALLER);
      await expect(gate.confirm(authorization)).rejects.toThrow(BadCredentialsError);
    });

    it('refuses a session that has ended meanwhile, if it alone was shown', async () => {
      const { gate } = make({ isSignedIn: false });
      const recent = await gate.authorize(principalOf(ADA), 'factors', { session: 'recent' }, CALLER);
      await expect(gate.confirm(recent)).rejects.toThrow(UnauthenticatedError);
      const typed = await gate.authorize(principalOf(ADA), 'email', { password: PASSWORD }, CALLER);
      await expect(gate.confirm(typed)).resolves.toMatchObject({ kind: 'email' });
    });

    it.each([{ disabledAt: new Date() }, null])('does not consume a code or link if the account has become %j', async (now) => {
      for (const evidence of [{ challenge: CHALLENGE }, { challenge: CHALLENGE, password: PASSWORD }]) {
        const { gate, consume } = make({ now });
        const authorization = await gate.authorize(null, 'takeover', evidence, CALLER);
        await expect(gate.confirm(authorization)).rejects.toThrow(InvalidChallengeError);
        expect(consume).not.toHaveBeenCalled();
      }
    });

    it('accepts an act after sessions ended or the account was disabled, but not after it was deleted', async () => {
      const act = { accountId: ADA, as: 'administrator' } as const;
      const admin = principalOf('eve', ['admin']);
      for (const now of [{ sessionEpoch: 2 }, { disabledAt: new Date() }]) {
        const { gate } = make({ now });
        expect((await gate.confirm(await gate.authorize(admin, 'deletion', act, CALLER))).actorId).toBe('eve');
      }
      const { gate } = make({ now: null });
      await expect(gate.confirm(await gate.authorize(admin, 'deletion', act, CALLER))).rejects.toThrow(UserNotFoundError);
    });

    it('nothing by a session alone once the account has an elevated role', async () => {
      const { gate } = make({ now: { roles: ['admin', 'user'] } });
      const authorization = await gate.authorize(principalOf(ADA, ['user'], 'entity-user'), 'deletion', promise(), CALLER);
      await expect(gate.confirm(authorization)).rejects.toThrow(BadCredentialsError);
    });
  });
});
