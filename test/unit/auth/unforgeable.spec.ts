import { describe, expectTypeOf, it } from 'vitest';
import type { Authorization, CredentialChange } from '../../../src/auth/passwords/credential-change.service.js';
import { Proof } from '../../../src/auth/sign-in/proof.js';
import type { SignInService } from '../../../src/auth/sign-in/sign-in.service.js';
import type { Account } from '../../../src/users/account.js';
import { Admission } from '../../../src/users/admission.js';
import { ConfirmedChange } from '../../../src/users/confirmed-change.js';
import type { ContactsService } from '../../../src/users/contacts.service.js';
import type { UsersService } from '../../../src/users/users.service.js';

declare const account: Account;
declare const client: { clientId: string };
declare const caller: Parameters<SignInService['complete']>[2];

/** A hand-written object with the fields of the class. */
type ByHand<T> = { [Name in keyof T]: T[Name] };

/** The compiler is the test: `npm run typecheck` fails if an expected error is missing. */
describe('types that only one place can create', () => {
  it('a proof: `SignInService.complete` accepts no other object of the same shape', () => {
    expectTypeOf<ByHand<Proof>>().toHaveProperty('userId');
    expectTypeOf<ByHand<Proof>>().not.toExtend<Proof>();
    void ((door: SignInService, forged: ByHand<Proof>) => [
      // @ts-expect-error -- not made by a prover
      door.complete({ account, userId: account.id, epoch: 1, method: 'password', level: 1 }, client, caller),
      // @ts-expect-error -- has all fields, but is written by hand
      door.complete(forged, client, caller),
      // @ts-expect-error -- the constructor is private
      new Proof(account, 1, 'password', 1),
    ]);
  });

  it('an authorization: `CredentialChange.confirm` accepts no other object of the same shape', () => {
    expectTypeOf<ByHand<Authorization>>().not.toExtend<Authorization>();
    void ((gate: CredentialChange, forged: ByHand<Authorization<'email'>>) => [
      // @ts-expect-error -- not made by the gate
      gate.confirm({ kind: 'email', account, actorId: account.id, sessionEpoch: null, challenge: null }),
      // @ts-expect-error -- has all fields, but is written by hand
      gate.confirm(forged),
    ]);
  });

  it('a confirmed change: no method changes a credential without one', () => {
    expectTypeOf<ByHand<ConfirmedChange>>().not.toExtend<ConfirmedChange>();
    const email = { stored: 'ada@example.com', key: 'ada@example.com' };
    void ((users: UsersService, contacts: ContactsService, authorization: Authorization<'deletion'>) => [
      // @ts-expect-error -- an id is not a confirmed change
      users.setPasswordHash(account.id, '$argon2id$'),
      // @ts-expect-error -- made by hand
      users.delete({ kind: 'deletion', account, actorId: account.id }),
      // @ts-expect-error -- not confirmed in the transaction
      users.delete(authorization),
      // @ts-expect-error -- an id is not a confirmed change
      contacts.changeEmail(account.id, email, { proven: true, holdSeconds: 0 }),
      // @ts-expect-error -- an id is not a confirmed change
      contacts.removeMobile(account.id),
      // @ts-expect-error -- an id is not a confirmed change
      contacts.proveMobile(account.id, '+12025550147', 'by-owner'),
      // @ts-expect-error -- an id is not a confirmed change
      contacts.lockPassword(account.id),
      // @ts-expect-error -- an id is not a confirmed change
      contacts.removeMobileFromBeforeProof(account.id),
      // @ts-expect-error -- the constructor is private
      new ConfirmedChange('deletion', account, account.id),
    ]);
  });

  it('an admission: no account is made without one', () => {
    expectTypeOf<ByHand<Admission>>().not.toExtend<Admission>();
    void ((users: UsersService) => [
      // @ts-expect-error -- nobody was asked
      users.create({ email: null, passwordHash: null }),
      // @ts-expect-error -- written by hand
      users.draft({ email: null, passwordHash: null }, { email: null }),
      // @ts-expect-error -- a draft that nobody admitted
      users.insert({ ...account, emailKey: null, mobileKey: null, usernameKey: null, passwordHash: null }),
      // @ts-expect-error -- the constructor is private
      new Admission(null),
    ]);
  });

  it('a confirmed change of one kind does not permit another kind', () => {
    expectTypeOf<ConfirmedChange<'mobile'>>().not.toExtend<ConfirmedChange<'email'>>();
    void ((users: UsersService, contacts: ContactsService, change: ConfirmedChange<'mobile'>) => [
      contacts.removeMobile(change),
      // @ts-expect-error -- permission to change the number
      users.setPasswordHash(change, '$argon2id$'),
      // @ts-expect-error -- permission to change the number
      users.delete(change),
    ]);
  });
});
