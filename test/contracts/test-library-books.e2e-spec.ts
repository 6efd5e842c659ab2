import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BODY_FORMATS, startContracts } from '../support/contracts.js';
import { BAD_REQUEST, LibraryClient, NO_TOKEN, NOT_FOUND, RFC_1123, type Reader, UNAUTHORIZED } from '../support/test-library.js';
import type { TestApp } from '../support/start-app.js';

const BOOK = { title: 'The Difference Engine', authors: ['William Gibson'], year: 1990, copies: 2 };

/** An ISBN for each number below ten thousand. */
function isbnOf(number: number): string {
  const digits = `97805750${String(number).padStart(4, '0')}`;
  const sum = Array.from(digits, (digit, index) => Number(digit) * (index % 2 === 0 ? 1 : 3)).reduce((a, b) => a + b, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

describe('books of the contract test-library', () => {
  let app: TestApp;
  let api: LibraryClient;
  let librarian: Reader;
  beforeAll(async () => {
    app = await startContracts();
    api = new LibraryClient(app);
    librarian = await api.signedIn('librarian');
  });
  afterAll(async () => {
    await app.stop();
    expect(api.complaints).toEqual([]);
  });

  const add = async (fields: Record<string, unknown> = BOOK) => {
    const answer = await api.send('POST', '/books/add', fields, { token: librarian.token });
    if (answer.status !== 201) throw new Error(answer.text);
    return answer.body.result as { id: number };
  };

  it.each(BODY_FORMATS)('are added and edited, with %s bodies', async (format) => {
    const isbn = isbnOf(BODY_FORMATS.indexOf(format));
    const { token } = librarian;
    const added = await api.send('POST', '/books/add', { ...BOOK, isbn }, { token, format });
    expect(added.status).toBe(201);
    const { id, created_at } = added.body.result;
    expect(created_at).toMatch(RFC_1123);
    expect(added.text).toBe(
      JSON.stringify({
        message: 'SUCCESS: ADD BOOK',
        result: {
          authors: BOOK.authors,
          copies: 2,
          created_at,
          id,
          isbn,
          modified_at: created_at,
          title: BOOK.title,
          year: 1990,
        },
        status: 201,
      }),
    );
    const edited = await api.send('PUT', `/books/update/${id}/`, { copies: 7 }, { token, format });
    expect(edited).toMatchObject({ status: 200, body: { message: 'SUCCESS: UPDATE BOOK', status: 200 } });
    expect(edited.body.result).toEqual({ ...added.body.result, copies: 7, modified_at: expect.stringMatching(RFC_1123) });
    expect((await api.get(`/books/getById/${id}`)).body).toEqual({
      message: 'SUCCESS: GET BY ID',
      result: edited.body.result,
      status: 200,
    });
  });

  it('have as many authors as a form has fields of that name, and none of an empty one', async () => {
    const { token } = librarian;
    const send = (body: string) =>
      app.call('POST', '/contracts/test-library/books/add', {
        body,
        headers: { access_token: token, 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect((await send('title=One&authors=A&authors=B&year=&isbn=')).body.result).toMatchObject({
      authors: ['A', 'B'],
      year: null,
      isbn: null,
      copies: 1,
    });
    expect((await send('title=Two&authors=')).body.result.authors).toEqual([]);
  });

  it.each(BODY_FORMATS)('take an author alone as a list of one, in a %s body', async (format) => {
    const { token } = librarian;
    const added = await api.send('POST', '/books/add', { title: 'Solo', author: 'Stanisław Lem' }, { token, format });
    expect([added.status, added.body.result.authors]).toEqual([201, ['Stanisław Lem']]);
    const path = `/books/update/${added.body.result.id}`;
    expect((await api.send('PUT', path, { copies: 3 }, { token, format })).body.result.authors).toEqual(['Stanisław Lem']);
    expect((await api.send('PUT', path, { author: 'Lem' }, { token, format })).body.result.authors).toEqual(['Lem']);
    expect((await api.send('PUT', path, { author: 'Ghost', authors: 'Kandel' }, { token, format })).body.result.authors).toEqual([
      'Kandel',
    ]);
  });

  it('are listed for anyone, and are the same under /v1', async () => {
    const { id } = await add({ ...BOOK, title: 'Listed' });
    const { status, body } = await api.get('/books/getall/');
    expect([status, Object.keys(body), body.message, body.status]).toEqual([
      200,
      ['message', 'result', 'status'],
      'FETCH ALL SUCCESS',
      200,
    ]);
    expect(body.result.find((book: { id: number }) => book.id === id)).toMatchObject({ title: 'Listed', authors: BOOK.authors });
    const core = await app.get('/v1/books?q=listed', { token: librarian.token });
    expect(core.body.data).toMatchObject([{ number: id, title: 'Listed' }]);
  });

  it('are deleted', async () => {
    const { id } = await add();
    const answer = await api.send('DELETE', `/books/delete/${id}`, undefined, { token: librarian.token });
    expect([answer.status, answer.text]).toEqual([200, '{"message":"SUCCESS: DELETE BOOK","status":200}']);
    expect(await api.get(`/books/getById/${id}`)).toMatchObject(NOT_FOUND);
    expect(await api.send('DELETE', `/books/delete/${id}`, undefined, { token: librarian.token })).toMatchObject(NOT_FOUND);
    expect(await api.send('PUT', `/books/update/${id}`, { copies: 1 }, { token: librarian.token })).toMatchObject(NOT_FOUND);
  });

  it.each(['0', '-1', '1.0', '2147483648', '9'.repeat(90), 'x', '%00'])('with the id %s are not found', async (id) => {
    expect(await api.get(`/books/getById/${id}`)).toMatchObject(NOT_FOUND);
    expect(await api.send('PUT', `/books/update/${id}`, { title: 'x' }, { token: librarian.token })).toMatchObject(NOT_FOUND);
    expect(await api.send('DELETE', `/books/delete/${id}`, undefined, { token: librarian.token })).toMatchObject(NOT_FOUND);
  });

  it.each([
    ['no title', { title: undefined }],
    ['a title on two lines', { title: 'a\nb' }],
    ['a title that is a list', { title: ['a'] }],
    ['a wrong check digit', { isbn: '9780575047625' }],
    ['a year far ahead', { year: 2_147_483_648 }],
    ['a year that is infinite', { year: '1e309' }],
    ['copies that are negative', { copies: -1 }],
    ['half a copy', { copies: 0.5 }],
    ['copies that are text', { copies: 'many' }],
    ['authors that are no names', { authors: [1] }],
    ['an author who is no name', { authors: undefined, author: 1 }],
    ['authors that are an object', { authors: { a: 'b' } }],
  ])('are refused with %s', async (_, wrong) => {
    expect(await api.send('POST', '/books/add', { ...BOOK, ...wrong }, { token: librarian.token })).toMatchObject(BAD_REQUEST);
  });

  it('are refused with an ISBN that another has', async () => {
    await add({ ...BOOK, isbn: isbnOf(9_000) });
    expect(await api.send('POST', '/books/add', { ...BOOK, isbn: isbnOf(9_000) }, { token: librarian.token })).toMatchObject(BAD_REQUEST);
  });

  it('are written by librarians and administrators alone', async () => {
    const { id } = await add();
    const write = async (token?: string) => [
      await api.send('POST', '/books/add', BOOK, { token }),
      await api.send('PUT', `/books/update/${id}`, BOOK, { token }),
      await api.send('DELETE', `/books/delete/${id}`, undefined, { token }),
    ];
    for (const answer of await write((await api.signedIn()).token)) expect(answer).toMatchObject(UNAUTHORIZED);
    for (const answer of await write()) expect(answer).toMatchObject(NO_TOKEN);
    expect((await write((await api.signedIn('admin')).token)).map(({ status }) => status)).toEqual([201, 200, 200]);
  });
});

describe('the contract test-library with CONTRACTS_OPEN=false', () => {
  let app: TestApp;
  let api: LibraryClient;
  beforeAll(async () => {
    app = await startContracts({ CONTRACTS_OPEN: 'false' });
    api = new LibraryClient(app);
  });
  afterAll(async () => {
    await app.stop();
    expect(api.complaints).toEqual([]);
  });

  it('lists users for administrators alone', async () => {
    expect(await api.get('/users/getall')).toMatchObject(NO_TOKEN);
    expect(await api.get('/users/getall', { token: (await api.signedIn()).token })).toMatchObject(UNAUTHORIZED);
    expect(await api.get('/users/getall', { token: (await api.signedIn('librarian')).token })).toMatchObject(UNAUTHORIZED);
    expect((await api.get('/users/getall', { token: (await api.signedIn('admin')).token })).body.result.length).toBeGreaterThan(2);
  });

  it('shows a user to that user and administrators, and tells others not even who there is', async () => {
    const reader = await api.signedIn();
    const other = await api.signedIn();
    const admin = await api.signedIn('admin');
    const paths = [`getById/${reader.id}`, `getById/${reader.username}`, `getByUsername/${reader.username}`];
    for (const path of paths) {
      expect(await api.get(`/users/${path}`)).toMatchObject(NO_TOKEN);
      expect(await api.get(`/users/${path}`, { token: other.token })).toMatchObject(UNAUTHORIZED);
      for (const { token } of [reader, admin]) expect((await api.get(`/users/${path}`, { token })).body.result.id).toBe(reader.id);
    }
    for (const path of ['getById/999999', 'getById/nobody', 'getByUsername/nobody']) {
      expect(await api.get(`/users/${path}`, { token: other.token })).toMatchObject(UNAUTHORIZED);
      expect(await api.get(`/users/${path}`, { token: admin.token })).toMatchObject(NOT_FOUND);
    }
  });

  it('shows books to anyone signed in', async () => {
    const { token } = await api.signedIn();
    expect(await api.get('/books/getall')).toMatchObject(NO_TOKEN);
    expect(await api.get('/books/getById/1')).toMatchObject(NO_TOKEN);
    expect((await api.get('/books/getall', { token })).text).toBe('{"message":"FETCH ALL SUCCESS","result":[],"status":200}');
    expect(await api.get('/books/getById/1', { token })).toMatchObject(NOT_FOUND);
  });
});
