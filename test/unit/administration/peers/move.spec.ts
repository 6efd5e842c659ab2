import { describe, expect, it } from 'vitest';
import { NoteTally } from '../../../../src/administration/transfer/import-notes.js';
import { Move, OLD_IDS } from '../../../../src/administration/transfer/peers/move.js';
import type { OldFields } from '../../../../src/administration/transfer/peers/old-values.js';
import { PEERS, type PeerName } from '../../../../src/administration/transfer/peers/peers.js';

function move(from: PeerName, old: OldFields, keep: string[] = [], second: Record<string, OldFields[]> | null = null): Move {
  const context = { from, keep: new Set(keep), options: {}, second: (key: string) => (second === null ? null : (second[key] ?? [])) };
  const made = new Move(old, context);
  PEERS[from].read(made);
  made.finish();
  return made;
}

const aboutOf = ({ notes }: Move, kind: string): string[] => notes.filter((note) => note.kind === kind).map(({ about }) => about);

describe('the move of an account', () => {
  it('names every member that it does not know, and stores those that --keep names', () => {
    const old = { id: 7, username: 'ada', email: 'ada@example.com', points: 12, note: '', flag: false, extra: { a: 1 }, list: [] };
    const plain = move('django', old);
    expect(aboutOf(plain, 'field.left_out')).toEqual(['points', 'extra']);
    expect(plain.fields['metadata']).toBeUndefined();
    const kept = move('django', old, ['points', 'flag', 'note']);
    expect(kept.fields['metadata']).toEqual({ points: 12, flag: false });
    expect(aboutOf(kept, 'field.left_out')).toEqual(['extra']);
  });

  it('stores nothing in metadata that may decide about rights, unless --keep names it', () => {
    const records: [PeerName, OldFields, string][] = [
      ['firebase', { customAttributes: '{"admin":true}' }, 'admin'],
      ['auth0', { app_metadata: { admin: true } }, 'admin'],
      ['auth0', { 'app_metadata.admin': 'yes' }, 'admin'],
      ['keycloak', { attributes: { admin: ['true'] } }, 'admin'],
      ['supabase', { raw_app_meta_data: '{"admin":true}' }, 'admin'],
      ['cognito', { 'custom:admin': '1' }, 'custom:admin'],
    ];
    for (const [from, old, name] of records) {
      expect([from, move(from, old).fields['metadata']]).toEqual([from, undefined]);
      expect(aboutOf(move(from, old), 'right.left_out')).toEqual([name]);
      expect(Object.keys(move(from, old, [name]).fields['metadata'] ?? {})).toEqual([name]);
    }
  });

  it('makes nobody an administrator', () => {
    const records: [PeerName, OldFields][] = [
      ['django', { is_superuser: true, is_staff: true }],
      ['wordpress', { roles: 'administrator' }],
      ['better-auth', { role: 'admin' }],
      ['keycloak', { realmRoles: ['admin'] }],
      ['supabase', { role: 'service_role', is_super_admin: 't' }],
    ];
    for (const [from, old] of records) {
      const made = move(from, old);
      expect(made.fields['roles']).toBeUndefined();
      expect(aboutOf(made, 'role.left_out')).not.toEqual([]);
    }
  });

  it.each(['\uD800', 'auth0|\uDFFF', '1\uD83D'])('leaves the id %j to the check of the account, which names it', (id) => {
    expect(move('auth0', { user_id: id, email: 'ada@example.com' }).fields).toMatchObject({ id, email: 'ada@example.com' });
  });

  it('keeps UUIDs, makes numbers of integers, and always the same id of anything else', () => {
    const uuid = '826731b2-bf17-4bd9-b45c-6a26c76ddaae';
    expect(move('keycloak', { id: uuid }).fields['id']).toBe(uuid);
    const [one, again, other] = ['abc', 'abc', 'abd'].map((localId) => move('firebase', { localId }).fields['id']);
    expect([one === again, one === other]).toEqual([true, false]);
    expect(move('better-auth', { id: 'abc' }).fields['id']).not.toBe(one);
    expect(move('django', { pk: 12 }).fields).toMatchObject({ number: 12, id: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(move('django', { pk: '9999999999' }).fields['number']).toBeUndefined();
    expect(OLD_IDS).toMatch(/^[\da-f-]{36}$/);
  });

  it('takes a username that is an address for the address', () => {
    expect(move('django', { username: 'ada@example.com' }).fields).toMatchObject({ email: 'ada@example.com', emailVerifiedAt: false });
    expect(move('django', { username: 'Ada@Example.com', email: 'ada@example.com' }).fields['username']).toBeUndefined();
    const other = move('django', { username: 'ada@example.org', email: 'ada@example.com' });
    expect(other.fields).toMatchObject({ email: 'ada@example.com' });
    expect(aboutOf(other, 'field.invalid')).toHaveLength(1);
  });

  it('is not confused by names that objects have by themselves', () => {
    const hostile = JSON.parse(
      '{"UserStatus":"constructor","gender":"__proto__","UserMFASettingList":["toString"],"custom:__proto__":"x"}',
    );
    const made = move('cognito', hostile, ['custom:__proto__']);
    expect(made.fields['gender']).toBeUndefined();
    const auth0 = move('auth0', JSON.parse('{"user_metadata":{"__proto__":{"polluted":1}}}'));
    expect(Object.keys(auth0.fields['metadata'] as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('writes the hashes of Keycloak and Firebase as PHC strings do', () => {
    const credential = (secret: object, data: object): OldFields => ({
      credentials: [{ type: 'password', secretData: JSON.stringify(secret), credentialData: JSON.stringify(data) }],
    });
    const hashOf = (secret: object, data: object): unknown => move('keycloak', credential(secret, data)).fields['passwordHash'];
    expect(hashOf({ value: 'AAECAw==', salt: 'c2FsdA==' }, { algorithm: 'pbkdf2', hashIterations: 20_000 })).toBe(
      '$pbkdf2-sha1$i=20000,l=4$c2FsdA==$AAECAw==',
    );
    const argon2 = { type: ['i'], version: ['1.0'], memory: ['65536'], parallelism: ['2'] };
    expect(hashOf({ value: 'AAECAw==', salt: 'c2FsdA==' }, { algorithm: 'argon2', hashIterations: 3, additionalParameters: argon2 })).toBe(
      '$argon2i$v=16$m=65536,t=3,p=2$c2FsdA$AAECAw',
    );
    expect(hashOf({ value: '$2a$10$abc', salt: '' }, { algorithm: 'bcrypt', hashIterations: 10 })).toBe('$2a$10$abc');
    expect(hashOf({ value: 'AAECAw==', salt: 'c2FsdA==' }, { algorithm: 'pbkdf2-md5', hashIterations: 1 })).toBeUndefined();
    const redacted = move('firebase', { passwordHash: 'UkVEQUNURUQ=', salt: '' });
    expect([redacted.fields['passwordHash'], aboutOf(redacted, 'password.unknown')]).toEqual([
      undefined,
      [expect.stringMatching('redacted')],
    ]);
  });

  it('ends a ban that has expired, and keeps one that has not', () => {
    expect(move('better-auth', { banned: true, banExpires: '2020-01-01T00:00:00Z' }).fields['disabledAt']).toBeUndefined();
    expect(move('better-auth', { banned: true, banExpires: null, banReason: 'Spam' }).fields).toMatchObject({ disabledReason: 'Spam' });
    expect(move('supabase', { banned_until: '2020-01-01 00:00:00+00' }).fields['disabledAt']).toBeUndefined();
    expect(move('supabase', { banned_until: '2999-01-01 00:00:00+00' }).fields['disabledAt']).toBe(true);
  });

  it('takes an old proof of GoTrue for the address alone', () => {
    const at = '2020-01-01 00:00:00+00';
    expect(move('supabase', { email: 'ada@example.com', confirmed_at: at }).fields['emailVerifiedAt']).toBe('2020-01-01T00:00:00Z');
    const both = { email: 'ada@example.com', phone: '12125550100', phone_confirmed_at: at, confirmed_at: at };
    expect(move('supabase', both).fields).toMatchObject({
      emailVerifiedAt: null,
      mobile: '+12125550100',
      mobileVerifiedAt: '2020-01-01T00:00:00Z',
    });
  });
});

describe('a tally of notes', () => {
  it('counts on from former counts, keeps the first lines, and stays small whatever it counts', () => {
    const tally = new NoteTally([{ kind: 'duplicate', about: 'email', count: 3, lines: [1, 2, 3] }]);
    for (const line of [4, 5, 6]) tally.add(line, { kind: 'duplicate', about: 'email' });
    expect(tally.toCounts()).toEqual([{ kind: 'duplicate', about: 'email', count: 6, lines: [1, 2, 3, 4, 5] }]);
    for (let line = 0; line < 2_000; line += 1) tally.add(line, { kind: 'field.left_out', about: `${line} ${'x'.repeat(1_000)}` });
    const counts = tally.toCounts();
    expect(counts.length).toBeLessThan(600);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(2_006);
    expect(JSON.stringify(counts).length).toBeLessThan(100_000);
  });
});
