import { describe, expect, it, vi } from 'vitest';
import { CredentialChange } from '../../../src/auth/passwords/credential-change.service.js';
import { BadCredentialsError } from '../../../src/auth/passwords/errors.js';
import type { PasswordCheck } from '../../../src/auth/passwords/password-check.service.js';
import type { ChallengesService } from '../../../src/tokens/challenges/challenges.service.js';
import { InvalidChallengeError } from '../../../src/tokens/challenges/errors.js';
import type { Account, Credentials } from '../../../src/users/account.js';
import type { ContactsService } from '../../../src/users/contacts.service.js';
import { UserNotFoundError } from '../../../src/users/errors.js';
import type { UsersService } from '../../../src/users/users.service.js';
import { CALLER, principalOf } from '../../support/authorized.js';

const PASSWORD = 'four bright birds sing';
const ADA = 'ada';
const CHALLENGE = { id: 'challenge', userId: ADA, address: 'ada@example.com' };

/** The gate over an account `ada`; `now` is what a confirmation finds, null for an account that is gone. */
function make({ now = {} }: { now?: Partial<{ sessionEpoch: number; disabledAt: Date | null }> | null } = {}) {
  const account = { id: ADA, disabledAt: null } as Account;
  const credentials: Credentials = { account, passwordHash: '$argon2id$', passwordLocked: false, sessionEpoch: 1 };
  const consume = vi.fn<ChallengesService['consume']>(async () => {});
  const byId = vi.fn<PasswordCheck['byId']>(async (id, password) => {
    if (id !== ADA || password !== PASSWORD) throw new BadCredentialsError();
    return credentials;
  });
  const lock = async (): Promise<Credentials> => {
    if (now === null) throw new UserNotFoundError();
    return { ...credentials, sessionEpoch: now.sessionEpoch ?? 1, account: { ...account, disabledAt: now.disabledAt ?? null } };
  };
  const getById = async (id: string): Promise<Account> => {
    if (id !== ADA) throw new UserNotFoundError();
    return account;
  };
  const gate = new CredentialChange(
    { byId } as unknown as PasswordCheck,
    { getById, findById: (id: string) => getById(id).catch(() => null) } as unknown as UsersService,
    { lock } as unknown as ContactsService,
    { consume } as unknown as ChallengesService,
  );
  return { gate, byId, consume };
}

describe('the gate', () => {
  describe('authorizes', () => {
    it('the session that shows the password of its account', async () => {
      const { gate } = make();
      expect((await gate.authorize(principalOf(ADA), 'email', { password: PASSWORD }, CALLER)).account.id).toBe(ADA);
      await expect(gate.authorize(principalOf(ADA), 'email', { password: 'no' }, CALLER)).rejects.toThrow(BadCredentialsError);
    });

    it('nobody by a password without saying whose it is', async () => {
      const { gate, byId } = make();
      await expect(gate.authorize(null, 'email', { password: PASSWORD }, CALLER)).rejects.toMatchObject({ code: 'access.unauthenticated' });
      expect(byId).not.toHaveBeenCalled();
    });

    it('the reader of a link by the password of the account that the link is of, whoever is signed in', async () => {
      const { gate } = make();
      const evidence = { password: PASSWORD, challenge: CHALLENGE };
      for (const asker of [null, principalOf('eve')]) {
        expect((await gate.authorize(asker, 'email', evidence, CALLER)).account.id).toBe(ADA);
      }
    });

    it('no code or link of an account that is gone', async () => {
      const challenge = { ...CHALLENGE, userId: 'gone' };
      await expect(make().gate.authorize(null, 'takeover', { challenge }, CALLER)).rejects.toThrow(InvalidChallengeError);
    });

    it.each([
      ['administrator', 'eve', ['admin', 'user']],
      ['contract', ADA, ['user']],
      ['contract', 'eve', ['admin', 'user']],
    ] as const)('as %s the act of %s with the roles %j', async (as, asker, roles) => {
      const asked = await make().gate.authorize(principalOf(asker, roles), 'deletion', { accountId: ADA, as }, CALLER);
      expect(asked.actorId).toBe(asker);
    });

    it.each([
      ['administrator', ADA, ['user']],
      ['administrator', 'eve', ['librarian', 'user']],
      ['contract', 'eve', ['user']],
    ] as const)('not as %s the act of %s with the roles %j', async (as, asker, roles) => {
      const asked = make().gate.authorize(principalOf(asker, roles), 'deletion', { accountId: ADA, as }, CALLER);
      await expect(asked).rejects.toMatchObject({ code: 'access.forbidden' });
    });

    it.each(['administrator', 'contract'] as const)('no act as %s of somebody who is not signed in', async (as) => {
      const asked = make().gate.authorize(null, 'deletion', { accountId: ADA, as }, CALLER);
      await expect(asked).rejects.toMatchObject({ code: 'access.forbidden' });
    });
  });

  describe('confirms', () => {
    it('with the account as it is, who acts, and the challenge used up once', async () => {
      const { gate, consume } = make();
      const change = await gate.confirm(await gate.authorize(null, 'email', { password: PASSWORD, challenge: CHALLENGE }, CALLER));
      expect(change).toMatchObject({ kind: 'email', account: { id: ADA }, actorId: ADA });
      expect(consume.mock.calls).toEqual([[CHALLENGE]]);
    });

    it.each([{ sessionEpoch: 2 }, { disabledAt: new Date() }, null])('no password of an account that became %j', async (now) => {
      const { gate } = make({ now });
      const authorization = await gate.authorize(principalOf(ADA), 'password', { password: PASSWORD }, CALLER);
      await expect(gate.confirm(authorization)).rejects.toThrow(BadCredentialsError);
    });

    it.each([{ disabledAt: new Date() }, null])('no code or link of an account that became %j, and leaves it unused', async (now) => {
      for (const evidence of [{ challenge: CHALLENGE }, { challenge: CHALLENGE, password: PASSWORD }]) {
        const { gate, consume } = make({ now });
        const authorization = await gate.authorize(null, 'takeover', evidence, CALLER);
        await expect(gate.confirm(authorization)).rejects.toThrow(InvalidChallengeError);
        expect(consume).not.toHaveBeenCalled();
      }
    });

    it('an act whatever became of the sessions, but not on an account that is gone', async () => {
      const act = { accountId: ADA, as: 'administrator' } as const;
      const admin = principalOf('eve', ['admin']);
      for (const now of [{ sessionEpoch: 2 }, { disabledAt: new Date() }]) {
        const { gate } = make({ now });
        expect((await gate.confirm(await gate.authorize(admin, 'deletion', act, CALLER))).actorId).toBe('eve');
      }
      const { gate } = make({ now: null });
      await expect(gate.confirm(await gate.authorize(admin, 'deletion', act, CALLER))).rejects.toThrow(UserNotFoundError);
    });
  });
});
