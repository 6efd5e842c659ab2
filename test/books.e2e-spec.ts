import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROLES, type Role } from '../src/common/access.js';
import type { Book } from '../src/books/book.js';
import { BooksService } from '../src/books/books.service.js';
import { signedInAs } from './support/accounts.js';
import { type Answer, type TestApp, sharedApp } from './support/start-app.js';

const NO_BOOK = '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11';

describe('books', () => {
  let app: TestApp;
  let service: BooksService;
  const tokens = {} as Record<Role, string>;
  let librarian: { id: string; accessToken: string };
  beforeAll(async () => {
    app = await sharedApp();
    service = app.nest.get(BooksService);
    for (const role of ROLES) {
      const user = await signedInAs(app, role);
      if (role === 'librarian') librarian = user;
      tokens[role] = user.accessToken;
    }
  });
  afterAll(() => app.stop());

  const create = (body: object, token = librarian.accessToken): Promise<Answer> => app.post('/v1/books', body, { token });
  const edit = (id: string, body: object, ifMatch?: string): Promise<Answer> =>
    app.call('PATCH', `/v1/books/${id}`, {
      body,
      token: librarian.accessToken,
      headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
    });
  const read = (id: string): Promise<Answer> => app.get(`/v1/books/${id}`, { token: tokens.user });
  const problemOf = ({ status, body }: Answer): unknown[] => [status, body?.code, body?.errors?.[0]?.pointer];
  const auditOf = (id: string): Promise<{ action: string; actor_id: string; details: object }[]> =>
    app.rows('SELECT action, actor_id, details FROM audit_events WHERE subject_id = $1 ORDER BY id', [id]);

  it('are added, read, edited and deleted, and each edit is on record', async () => {
    const made = await create({
      title: '  The Difference\u0020Engine ',
      authors: ['William Gibson', ' Bruce Sterling'],
      isbn: '0-575-04762-3',
      year: 1990,
      copies: 2,
    });
    expect(made.status).toBe(201);
    expect(made.body).toEqual({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      number: expect.any(Number),
      title: 'The Difference Engine',
      authors: ['William Gibson', 'Bruce Sterling'],
      isbn: '9780575047624',
      year: 1990,
      copies: 2,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: made.body.createdAt,
      version: 1,
    });
    const { id, number } = made.body;
    expect((await read(id)).body).toEqual(made.body);

    const edited = await edit(id, { copies: 0, year: null });
    expect([edited.status, edited.body]).toEqual([200, { ...made.body, copies: 0, year: null, version: 2, updatedAt: expect.any(String) }]);
    expect(edited.body.updatedAt > made.body.updatedAt).toBe(true);
    expect((await read(id)).body).toEqual(edited.body);

    expect((await app.call('DELETE', `/v1/books/${id}`, { token: tokens.librarian })).status).toBe(204);
    expect(problemOf(await read(id)).slice(0, 2)).toEqual([404, 'book.not_found']);
    expect(await auditOf(id)).toEqual([
      { action: 'book.created', actor_id: librarian.id, details: { number } },
      { action: 'book.updated', actor_id: librarian.id, details: { number, fields: 'year copies' } },
      { action: 'book.deleted', actor_id: librarian.id, details: { number } },
    ]);
  });

  it('need nothing but a title', async () => {
    expect(problemOf(await create({ authors: ['Gibson'] }))).toEqual([422, 'request.invalid', '/title']);
    const { status, body } = await create({ title: 'Beowulf' });
    expect([status, body.authors, body.isbn, body.year, body.copies]).toEqual([201, [], null, null, 1]);
    const nulls = await create({ title: 'Beowulf', authors: null, isbn: null, year: null, copies: null });
    expect([nulls.status, nulls.body.number]).toEqual([201, body.number + 1]);
  });

  it.each([
    [{ title: '' }, '/title'],
    [{ title: ' \u3000' }, '/title'],
    [{ title: 'a\nb' }, '/title'],
    [{ title: 'a'.repeat(301) }, '/title'],
    [{ title: 'a\u0000' }, '/title'],
    [{ title: '\uD800' }, '/title'],
    [{ title: 7 }, '/title'],
    [{ title: null }, '/title'],
    [{ authors: 'Gibson' }, '/authors'],
    [{ authors: [7] }, '/authors'],
    [{ authors: ['Gibson', ' '] }, '/authors/1'],
    [{ authors: ['a\u0000'] }, '/authors/0'],
    [{ authors: ['a'.repeat(201)] }, '/authors/0'],
    [{ authors: Array.from({ length: 21 }, () => 'a') }, '/authors'],
    [{ isbn: '978-0-575-04762-5' }, '/isbn'],
    [{ isbn: '0-575-04762-4' }, '/isbn'],
    [{ isbn: '9790060115615' }, '/isbn'],
    [{ isbn: 9_780_575_047_624 }, '/isbn'],
    [{ year: 999 }, '/year'],
    [{ year: 2101 }, '/year'],
    [{ year: 1990.5 }, '/year'],
    [{ year: '1990' }, '/year'],
    [{ copies: -1 }, '/copies'],
    [{ copies: 2_147_483_648 }, '/copies'],
    [{ copies: 1e21 }, '/copies'],
    [{ copies: 0.5 }, '/copies'],
    [{ number: 7 }, '/number'],
    [{ version: 7 }, '/version'],
  ])('are refused with %j, by name, in adding and in editing', async (fields, pointer) => {
    expect(problemOf(await create({ title: 'Beowulf', ...fields }))).toEqual([422, 'request.invalid', pointer]);
    const { id } = (await create({ title: 'Grendel' })).body;
    expect(problemOf(await edit(id, fields))).toEqual([422, 'request.invalid', pointer]);
    expect((await read(id)).body).toMatchObject({ title: 'Grendel', version: 1 });
  });

  it('have no ISBN twice, however it is written', async () => {
    await create({ title: 'Neuromancer', isbn: '978-0-441-56956-4' });
    expect(problemOf(await create({ title: 'Neuromancer', isbn: '0441569560' })).slice(0, 2)).toEqual([409, 'book.isbn_taken']);
    const { id } = (await create({ title: 'Count Zero' })).body;
    expect(problemOf(await edit(id, { title: 'x', isbn: '9780441569564' })).slice(0, 2)).toEqual([409, 'book.isbn_taken']);
    expect((await read(id)).body).toMatchObject({ title: 'Count Zero', isbn: null, version: 1 });
  });

  describe('who may', () => {
    const WRITERS: readonly Role[] = ['librarian', 'admin'];

    it.each(ROLES)('%s', async (role) => {
      const token = tokens[role];
      const { id } = (await create({ title: 'Spook Country' })).body;
      const may = WRITERS.includes(role);
      const answers = [
        await app.get('/v1/books', { token }),
        await app.get(`/v1/books/${id}`, { token }),
        await create({ title: 'Zero History' }, token),
        await app.call('PATCH', `/v1/books/${id}`, { token, body: { copies: 3 } }),
        await app.call('DELETE', `/v1/books/${id}`, { token }),
      ];
      expect(answers.map(({ status }) => status)).toEqual(may ? [200, 200, 201, 200, 204] : [200, 200, 403, 403, 403]);
      expect(await app.rows('SELECT copies FROM books WHERE id = $1', [id])).toEqual(may ? [] : [{ copies: 1 }]);
    });

    it('nobody who is not signed in', async () => {
      const { id } = (await create({ title: 'Pattern Recognition' })).body;
      for (const [method, url] of [
        ['GET', '/v1/books'],
        ['GET', `/v1/books/${id}`],
        ['POST', '/v1/books'],
        ['PATCH', `/v1/books/${id}`],
        ['DELETE', `/v1/books/${id}`],
      ] as const) {
        expect(problemOf(await app.call(method, url)).slice(0, 2)).toEqual([401, 'access.unauthenticated']);
      }
    });
  });

  describe('edited by two', () => {
    it('keep the first edit: the second one’s version is stale', async () => {
      const made = await create({ title: 'Agency' });
      const { id } = made.body;
      expect(made.headers.etag).toBe('"1"');
      expect((await read(id)).headers.etag).toBe('"1"');
      const first = await edit(id, { copies: 5 }, '"1"');
      expect([first.status, first.headers.etag]).toEqual([200, '"2"']);
      for (const stale of ['"1"', 'W/"2"', '"22"', '"1", "3"', '2', '', '"2', '"99999999999999999999"', '""']) {
        expect([stale, ...problemOf(await edit(id, { copies: 9 }, stale)).slice(0, 2)]).toEqual([
          stale,
          412,
          'request.precondition_failed',
        ]);
      }
      const remove = (ifMatch: string): Promise<Answer> =>
        app.call('DELETE', `/v1/books/${id}`, { token: tokens.admin, headers: { 'if-match': ifMatch } });
      expect((await remove('"1"')).status).toBe(412);
      expect((await read(id)).body).toMatchObject({ copies: 5, version: 2 });
      expect((await edit(id, { copies: 6 }, '"1", "2"')).headers.etag).toBe('"3"');
      expect((await edit(id, { copies: 7 }, '*')).headers.etag).toBe('"4"');
      expect((await remove('"4"')).status).toBe(204);
      expect((await remove('*')).status).toBe(404);
    });

    it('at once take one edit of those that are based on the same version', async () => {
      const { id } = (await create({ title: 'The Peripheral' })).body;
      const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => edit(id, { copies: index + 10 }, '"1"')));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect((await read(id)).body.version).toBe(2);
    });

    it('stay as they are, version and all, when an edit changes nothing', async () => {
      const { body: made } = await create({ title: 'Virtual Light', authors: ['William Gibson'], isbn: '0-553-07499-7' });
      const same = await edit(made.id, { title: ' Virtual Light', authors: ['William Gibson'], isbn: '978-0-553-07499-4', copies: 1 });
      expect([same.status, same.body, same.headers.etag]).toEqual([200, made, '"1"']);
      expect(await auditOf(made.id)).toHaveLength(1);
    });
  });

  it.each(['2147483648', '1', 'NaN', '019a9f3e', `${NO_BOOK}0`, NO_BOOK, '%00', '%ED%A0%80', '..', '%2e%2e%2f', "'"])(
    'are not found under %s',
    async (id) => {
      for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
        const { status } = await app.call(method, `/v1/books/${id}`, {
          token: tokens.admin,
          ...(method === 'PATCH' ? { body: { copies: 1 } } : {}),
        });
        expect([400, 404, 405]).toContain(status);
      }
    },
  );

  describe('for a wire format of another kind', () => {
    it('are found by number; what can be no number finds none', async () => {
      const { body } = await create({ title: 'All Tomorrow’s Parties' });
      expect(await service.findByNumber(body.number)).toMatchObject({ id: body.id, createdAt: expect.any(Date) });
      for (const odd of [0, -1, 1.5, 2_147_483_647, 2_147_483_648, 1e21, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(await service.findByNumber(odd)).toBeNull();
      }
    });

    it('are added, edited and deleted by whoever it says', async () => {
      const actor = { actorId: librarian.id };
      const book = await service.create({ title: 'Burning Chrome', authors: [] }, actor);
      expect(await service.update(book.id, { copies: 4 }, actor, [1])).toMatchObject({ copies: 4, version: 2 } satisfies Partial<Book>);
      await expect(service.update(book.id, { title: '' }, actor)).rejects.toMatchObject({ code: 'request.invalid' });
      await expect(service.update('7', {}, actor)).rejects.toMatchObject({ code: 'book.not_found' });
      await service.delete(book.id, actor);
      await expect(service.getById(book.id)).rejects.toMatchObject({ code: 'book.not_found' });
      expect((await auditOf(book.id)).map(({ actor_id: by }) => by)).toEqual([librarian.id, librarian.id, librarian.id]);
    });
  });
});
