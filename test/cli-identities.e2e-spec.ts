import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshEmail, register, signedIn } from './support/accounts.js';
import { CommandLine } from './support/command-line.js';
import type { FalseProvider } from './support/false-provider.js';
import { FEDERATED, addProvider, falseProvider, signInBy } from './support/federation.js';
import { readSignIn } from './support/sign-ins.js';
import { type TestApp, sharedApp } from './support/start-app.js';

/* eslint-disable typescript/no-explicit-any -- files and answers are JSON of every shape */

const FIREBASE = '--hash-key AAAA --salt-separator Bw== --rounds 8 --mem-cost 14'.split(' ');
const exported = (name: string): string => fileURLToPath(new URL(`exports/${name}`, import.meta.url));

describe('identities in files of accounts', () => {
  let app: TestApp;
  let fake: FalseProvider;
  let cli: CommandLine;

  /** What an import notes of identities: kind, name, number of accounts. */
  const notesOf = (json: any): [string, string, number][] =>
    json.notes.filter(({ kind }: any) => String(kind).startsWith('identity.')).map(({ kind, about, count }: any) => [kind, about, count]);
  const move = async (...args: string[]): Promise<[string, string, number][]> => {
    const { json, err } = await cli.run('users', 'import', ...args, '--json');
    expect(err).toEqual([]);
    expect(json.bad).toBe(0);
    return notesOf(json);
  };
  const identitiesOf = (column: string, value: string) =>
    app.rows<{ slug: string; issuer: string; subject: string; email: string | null }>(
      `SELECT p.slug, i.issuer, i.subject, i.email FROM identities i JOIN users u ON u.id = i.user_id JOIN providers p ON p.id = i.provider_id
       WHERE u.${column} = $1 ORDER BY i.id`,
      [value],
    );
  const firebaseUser = (name: string, ...providerUserInfo: object[]): object => ({
    localId: name,
    email: `${name}@firebase.example.com`,
    emailVerified: true,
    createdAt: '1486324188000',
    providerUserInfo,
  });
  const at = (providerId: string, rawId: string): object => ({ providerId, rawId, email: `${rawId}@elsewhere.example.com` });

  beforeAll(async () => {
    [app, fake] = await Promise.all([sharedApp(FEDERATED), falseProvider()]);
    cli = new CommandLine(String(app.settings.DATABASE_URL));
  });
  beforeEach(async () => {
    await app.rows('DELETE FROM identities');
    await app.rows('DELETE FROM providers');
    await app.rows('DELETE FROM users');
  });
  afterAll(async () => {
    await app.stop();
    cli.clear();
  });

  it('go on signing in after an import from Firebase, by provider and id, and not by address', async () => {
    await addProvider(app, { issuer: fake.issuer });
    const ada = firebaseUser('ada', at('google.com', '4711'), { providerId: 'password' }, at('twitter.com', '12'));
    const file = cli.write('firebase.json', [JSON.stringify({ users: [ada] })]);
    expect(await move('--from', 'firebase', file, ...FIREBASE, '--provider', 'google.com=fake')).toEqual([
      ['identity.left_out', 'twitter.com', 1],
      ['identity.added', 'fake', 1],
    ]);
    expect(await identitiesOf('email', 'ada@firebase.example.com')).toEqual([
      { slug: 'fake', issuer: fake.issuer, subject: '4711', email: '4711@elsewhere.example.com' },
    ]);
    const done = await readSignIn(app, await signInBy(app, fake, { sub: '4711', email: 'new@example.com', email_verified: true }));
    expect(done.body).toMatchObject({ status: 'complete', session: { user: { email: 'ada@firebase.example.com' } } });
    // The address of the account is nobody's proof.
    const other = await signInBy(app, fake, { sub: '4712', email: 'ada@firebase.example.com', email_verified: true });
    expect((await readSignIn(app, other)).body.status).toBe('needs_link');
  });

  it('come from the tables of Auth0, Supabase and better-auth as these write them', async () => {
    await addProvider(app, { slug: 'google', preset: 'google', name: 'Google' });
    await addProvider(app, { slug: 'hub', preset: 'github', name: 'GitHub' });
    expect(await move('--from', 'auth0', exported('auth0.ndjson'))).toEqual([['identity.added', 'google', 1]]);
    expect(await identitiesOf('email', 'grace.auth0@example.com')).toMatchObject([
      { slug: 'google', issuer: 'https://accounts.google.com', subject: '106812345678901234567' },
    ]);
    expect(
      await move('--from', 'better-auth', exported('better-auth-user.ndjson'), '--accounts', exported('better-auth-account.ndjson')),
    ).toEqual([['identity.added', 'hub', 1]]);
    expect(await app.rows(`SELECT issuer, subject FROM identities WHERE subject = '583231'`)).toEqual([
      { issuer: 'https://github.com', subject: '583231' },
    ]);
    const users = cli.write(
      'users.ndjson',
      ['one', 'two', 'three', 'four'].map((name, index) => ({
        id: `1c0a3c84-6a3e-4a5e-9a37-2b9c8d3f6e0${index}`,
        email: `${name}@supabase.example.com`,
        email_confirmed_at: '2023-05-31T12:00:00+00:00',
        created_at: '2023-05-31T11:58:00+00:00',
        raw_app_meta_data: { provider: 'github', providers: name === 'four' ? ['google'] : ['email', 'github'] },
        // The answers of the API for administrators have them in each user.
        ...(name === 'three' ? { identities: [{ provider: 'google', id: 'x', identity_data: { sub: '33' } }] } : {}),
      })),
    );
    const identity = (index: number, id: string, iss?: string): object => ({
      user_id: `1c0a3c84-6a3e-4a5e-9a37-2b9c8d3f6e0${index}`,
      provider: 'github',
      provider_id: id,
      identity_data: { sub: id, iss, email: `${id}@example.com` },
      created_at: '2023-05-31 12:00:00+00',
      last_sign_in_at: null,
    });
    const table = cli.write('identities.ndjson', [
      identity(0, '11', 'https://api.github.com'),
      identity(1, '22', 'https://github.example.com/api/v3'),
      identity(2, '34'),
      { ...identity(0, '1'), provider: 'email' },
    ]);
    expect(await move('--from', 'supabase', users, '--identities', table)).toEqual([
      ['identity.left_out', 'github', 1],
      ['identity.left_out', 'google: --identities has its ids', 1],
      ['identity.added', 'hub', 2],
      ['identity.added', 'google', 1],
    ]);
    expect(await identitiesOf('email', 'one@supabase.example.com')).toMatchObject([{ subject: '11', email: '11@example.com' }]);
    // A server of their own: there the id is somebody else.
    expect(await identitiesOf('email', 'two@supabase.example.com')).toEqual([]);
  });

  it('are not taken over to a server of somebody’s own, nor where it is not clear to which provider', async () => {
    const file = cli.write('gitlab.json', [
      JSON.stringify({ users: [firebaseUser('linus', at('github.com', '5'), at('google.com', '6'))] }),
    ]);
    await addProvider(app, { slug: 'enterprise', preset: 'github', name: 'Ours', issuer: 'https://github.example.com' });
    await addProvider(app, { slug: 'one', preset: 'google', name: 'One' });
    await addProvider(app, { slug: 'two', preset: 'google', name: 'Two' });
    const dry = await move('--from', 'firebase', file, ...FIREBASE, '--dry-run');
    expect(dry).toEqual([
      ['identity.left_out', 'github.com: which provider? --provider github.com=SLUG says it', 1],
      ['identity.left_out', 'google.com: which provider? --provider google.com=SLUG says it', 1],
    ]);
    const chosen = ['--provider', 'google.com=two', '--provider', 'github.com=enterprise'];
    expect(await move('--from', 'firebase', file, ...FIREBASE, ...chosen)).toEqual([
      ['identity.added', 'enterprise', 1],
      ['identity.added', 'two', 1],
    ]);
    for (const [pair, text] of [
      ['google.com=nowhere', 'there is no provider nowhere here'],
      ['google.com', 'NAME=SLUG'],
      ['=two', 'NAME=SLUG'],
    ]) {
      const refused = await cli.run('users', 'import', '--from', 'firebase', file, ...FIREBASE, '--provider', String(pair));
      expect(refused.code).not.toBe(0);
      expect(refused.err.join('\n')).toContain(text);
    }
  });

  it('stay with the account that has them, and with the first record that names them', async () => {
    const provider = await addProvider(app, { slug: 'google', preset: 'google', name: 'Google' });
    const owner = await signedIn(app);
    await app.rows(
      `INSERT INTO identities (id, user_id, provider_id, issuer, subject, email_verified, profile)
       VALUES (gen_random_uuid(), $1, $2, 'https://accounts.google.com', '1', false, '{}')`,
      [owner.id, provider],
    );
    const users = [
      firebaseUser('first', at('google.com', '1')),
      firebaseUser('second', at('google.com', '2')),
      firebaseUser('third', at('google.com', '2')),
    ];
    const file = cli.write('taken.json', [JSON.stringify({ users })]);
    expect(await move('--from', 'firebase', file, ...FIREBASE)).toEqual([
      ['identity.left_out', 'google: another account has it', 2],
      ['identity.added', 'google', 1],
    ]);
    expect(await identitiesOf('email', 'second@firebase.example.com')).toHaveLength(1);
    expect(await identitiesOf('email', 'third@firebase.example.com')).toEqual([]);
    expect(await app.rows(`SELECT user_id FROM identities WHERE subject = '1'`)).toEqual([{ user_id: owner.id }]);
  });

  it('of a record whose address an account has are not linked to that account', async () => {
    await addProvider(app, { slug: 'google', preset: 'google', name: 'Google' });
    const owner = await register(app);
    const user = { ...firebaseUser('thief', at('google.com', '666')), email: owner.email };
    const { json } = await cli.run(
      'users',
      'import',
      '--from',
      'firebase',
      cli.write('thief.json', [JSON.stringify({ users: [user] })]),
      ...FIREBASE,
      '--json',
    );
    expect(json).toMatchObject({ stored: 0, duplicates: 1 });
    expect(await app.rows('SELECT FROM identities')).toEqual([]);
  });

  describe.each(['ndjson', 'csv'])('in our own form, as %s', (format) => {
    it('go from one installation to another, and are the same there', async () => {
      await addProvider(app, { slug: 'google', preset: 'google', name: 'Google' });
      await addProvider(app, { issuer: fake.issuer, signUps: true });
      const person = { sub: 'a,"b"', email: freshEmail(), email_verified: true };
      const { id } = (await readSignIn(app, await signInBy(app, fake, person))).body.session.user;
      const before = await app.rows('SELECT issuer, subject, email, email_verified, created_at, last_used_at FROM identities');
      const path = cli.path(`moved-${format}.${format}`);
      expect((await cli.run('users', 'export', path, '--json')).code).toBe(0);
      expect(readFileSync(path, 'utf8')).toContain('identities');
      await app.rows('DELETE FROM users WHERE id = $1', [id]);
      expect((await cli.run('users', 'import', path, '--dry-run', '--json')).json).toMatchObject({ bad: 0, stored: 1 });
      expect(await app.rows('SELECT FROM identities')).toEqual([]);
      expect(notesOf((await cli.run('users', 'import', path, '--json')).json)).toEqual([['identity.added', 'fake', 1]]);
      expect(await app.rows('SELECT issuer, subject, email, email_verified, created_at, last_used_at FROM identities')).toEqual(before);
      expect((await readSignIn(app, await signInBy(app, fake, person))).body.session.user.id).toBe(id);
      // Where no provider vouches for them.
      await app.rows('DELETE FROM users WHERE id = $1', [id]);
      await app.rows(`DELETE FROM providers WHERE slug = 'fake'`);
      expect(notesOf((await cli.run('users', 'import', path, '--json')).json)).toEqual([
        ['identity.left_out', 'fake: no provider with its issuer is set up', 1],
      ]);
    });
  });

  it('that are written wrongly keep their record out, with the place named', async () => {
    const record = (name: string, identities: unknown): object => ({ username: name, identities });
    const issuer = 'https://accounts.google.com';
    const file = cli.write('wrong.ndjson', [
      record('wrong.list', 'google'),
      record('wrong.provider', [{ subject: '1', issuer }]),
      record('wrong.subject', [{ provider: 'google', issuer, subject: 'x'.repeat(256) }]),
      record('wrong.nul', [{ provider: 'google', issuer, subject: 'a\0b' }]),
      record(
        'wrong.many',
        Array.from({ length: 21 }, (_, index) => ({ provider: 'google', issuer, subject: String(index) })),
      ),
      record('right', []),
    ]);
    const { json } = await cli.run('users', 'import', file, '--json');
    expect(json).toMatchObject({ stored: 1, bad: 5 });
    expect(json.problems.map(({ line, field }: any) => [line, field])).toEqual([
      [1, 'identities'],
      [2, 'identities/0/provider'],
      [3, 'identities/0/subject'],
      [4, 'identities/0/subject'],
      [5, 'identities'],
    ]);
  });
});
