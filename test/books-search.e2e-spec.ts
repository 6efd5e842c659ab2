import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Book } from '../src/books/book.js';
import { BooksService } from '../src/books/books.service.js';
import { toTrigramText } from '../src/database/trigrams.js';
import { signedInAs } from './support/accounts.js';
import { NAUGHTY_STRINGS } from './support/naughty-strings.js';
import { type Answer, type TestApp, startApp } from './support/start-app.js';
import { statementsOf } from './support/statements.js';

/** Books that are nothing but many; enough for the planner to prefer an index where there is one. */
const CROWD = 6_000;

describe('searching books', () => {
  let app: TestApp;
  let token: string;
  let actor: { actorId: string };
  let service: BooksService;
  beforeAll(async () => {
    app = await startApp();
    service = app.nest.get(BooksService);
    const librarian = await signedInAs(app, 'librarian');
    token = librarian.accessToken;
    actor = { actorId: librarian.id };
  });
  afterAll(() => app.stop());

  const list = (query: Record<string, string>): Promise<Answer> => app.get(`/v1/books?${new URLSearchParams(query)}`, { token });
  const add = (title: string, fields: Partial<Book> = {}): Promise<Book> => service.create({ title, ...fields }, actor);
  /** Titles of all pages, and the size of each. */
  async function walk(query: Record<string, string>, between: () => Promise<unknown> = async () => {}) {
    const titles: string[] = [];
    const sizes: number[] = [];
    let cursor: string | null = null;
    do {
      const { status, body }: Answer = await list({ ...query, ...(cursor === null ? {} : { cursor }) });
      if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
      titles.push(...body.data.map(({ title }: Book) => title));
      sizes.push(body.data.length);
      cursor = body.nextCursor;
      await between();
    } while (cursor !== null);
    return { titles, sizes };
  }
  const found = async (q: string): Promise<string[]> => (await walk({ q })).titles;
  const fieldOf = ({ status, body }: Answer): unknown[] => [status, body.errors?.[0].pointer];

  describe('by a text', () => {
    beforeAll(async () => {
      await add('Über den Wolken', { authors: ['Антон Чехов', "Flann O'Brien"], isbn: '978-92-95055-12-4' });
      await add('100% Cotton_Wool', { authors: ['Ursula K. Le Guin'] });
      await add('100 Cotton Wools', { authors: ['Back\\slash'] });
      await add('Zen', { authors: ['José Saramago'] });
      await add('ze other', { authors: ['東京大学'] });
      await add('C', { authors: ['Zeno'] });
    });

    it.each([
      ['über', ['Über den Wolken']],
      ['DEN WOLK', ['Über den Wolken']],
      ['  den \t wolken ', ['Über den Wolken']],
      ['чехов', ['Über den Wolken']],
      ['ЧЕХ', ['Über den Wolken']],
      ["o'brien", ['Über den Wolken']],
      ['cotton', ['100% Cotton_Wool', '100 Cotton Wools']],
      ['0% cot', ['100% Cotton_Wool']],
      ['cotton_wool', ['100% Cotton_Wool']],
      ['co%on', []],
      ['cotton%', []],
      ['___ton', []],
      ['back\\slash', ['100 Cotton Wools']],
      ['back\\\\slash', []],
      ['jose\u0301 sara', ['Zen']],
      ['ｊｏｓé', ['Zen']],
      ['京大学', ['ze other']],
      ['wolken антон', []],
      ['wolken\nантон', []],
      // An ISBN, however it is written, and a part of it
      ['978-92-95055-12-4', ['Über den Wolken']],
      ['92-95055-12-8', ['Über den Wolken']],
      ['9295055128', ['Über den Wolken']],
      ['95055', ['Über den Wolken']],
      // Less than three letters side by side: beginnings of titles, in their order
      ['ze', ['ze other', 'Zen']],
      ['c', ['C']],
      ['1', ['100 Cotton Wools', '100% Cotton_Wool']],
      ['%', []],
      ['_', []],
      ['\\', []],
      ['en', []],
      ['ü', ['Über den Wolken']],
    ])('%j finds %j', async (q, titles) => {
      expect(await found(q)).toEqual(titles);
    });

    it('follows an edit', async () => {
      const { id } = await add('Ephemeral', { authors: ['Nobody'], isbn: '0-306-40615-2' });
      await service.update(id, { title: 'Lasting' }, actor);
      expect(await Promise.all(['ephemeral', 'nobody', '0306406152', 'la'].map(found))).toEqual([
        [],
        ['Lasting'],
        ['Lasting'],
        ['Lasting'],
      ]);
      await service.update(id, { authors: null, isbn: null }, actor);
      expect(await Promise.all(['nobody', '0306406152', 'lasting'].map(found))).toEqual([[], [], ['Lasting']]);
      await service.delete(id, actor);
      expect(await found('lasting')).toEqual([]);
    });

    it('takes titles that grow when they are compared, and lists them', async () => {
      // NFKC makes eighteen letters of this one.
      await add('\uFDFA'.repeat(300), { authors: ['\uFDFA'.repeat(200)] });
      expect(await found('\uFDFA')).toHaveLength(1);
      expect((await walk({ limit: '1' })).titles).toContain('\uFDFA'.repeat(300));
    });

    it('that is hostile is only a text', async () => {
      for (const q of NAUGHTY_STRINGS) {
        const { status, body } = await list({ q: q.toWellFormed() });
        expect([q, status === 200 ? 200 : [status, body.errors[0].pointer]]).toEqual([
          q,
          [...q].length > 100 || q.includes('\0') ? [422, '?q'] : 200,
        ]);
      }
    });
  });

  it.each(['0', '101', '-1', '1.5', '1e1', '0x10', ' 5', '', 'NaN', 'Infinity', '1e309', '2147483648', '9'.repeat(400), '٥'])(
    'takes no page size of %j',
    async (limit) => {
      expect(fieldOf(await list({ limit }))).toEqual([422, '?limit']);
    },
  );

  it('takes each parameter once, and no other', async () => {
    expect(fieldOf(await app.get('/v1/books?limit=1&limit=2', { token }))).toEqual([422, '?limit']);
    expect(fieldOf(await app.get('/v1/books?cursor=a&cursor=b', { token }))).toEqual([422, '?cursor']);
    expect(fieldOf(await app.get('/v1/books?q[$ne]=a', { token }))).toEqual([422, '?q[$ne]']);
    expect(fieldOf(await list({ offset: '5' }))).toEqual([422, '?offset']);
  });

  describe('page by page', () => {
    beforeAll(async () => {
      for (let i = 0; i < 7; i += 1) await add(`Page turner ${i}`, { authors: ['Pager'] });
      for (let i = 0; i < 7; i += 1) await add('Qi', { authors: [`Twin ${i}`] });
    });

    it.each([
      ['all books', {}],
      ['those with a text', { q: 'pager' }],
      ['those with a title', { q: 'q' }],
    ])('finds each of %s once, whatever the size of the pages', async (_, query) => {
      const { titles } = await walk({ ...query, limit: '100' });
      expect(titles.length).toBeGreaterThanOrEqual(7);
      for (const limit of [1, 2, 7, titles.length - 1, titles.length]) {
        const pages = await walk({ ...query, limit: String(limit) });
        expect(pages.titles).toEqual(titles);
        expect(pages.sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
        expect(pages.sizes.at(-1)).toBeGreaterThan(0);
      }
      expect((await list(query)).body.data.length).toBe(Math.min(20, titles.length));
    });

    it('loses and repeats none of those that stay, while others come and go', async () => {
      const { titles } = await walk({ q: 'pager' });
      let serial = 0;
      let doomed: Book | undefined;
      const disturb = async (): Promise<void> => {
        if (doomed !== undefined) await service.delete(doomed.id, actor);
        doomed = (serial += 1) < 10 ? await add(`Page disturber ${serial}`, { authors: ['Pager'] }) : undefined;
        const { entries } = await service.list({ q: 'page turner', limit: 1 });
        await service.update(String(entries[0]?.id), { copies: serial + 1 }, actor);
      };
      const seen = (await walk({ q: 'pager', limit: '2' }, disturb)).titles;
      expect(seen.filter((title) => title.startsWith('Page turner'))).toEqual(titles);
      expect(new Set(seen).size).toBe(seen.length);
    });

    it('goes on after an entry that was deleted', async () => {
      const { body } = await list({ q: 'q', limit: '3' });
      const last = await service.getById(body.data[2].id);
      await service.delete(last.id, actor);
      const next = await list({ q: 'q', limit: '3', cursor: body.nextCursor });
      expect(next.body.data.map(({ authors }: Book) => authors[0])).toEqual(['Twin 3', 'Twin 4', 'Twin 5']);
    });

    it('refuses, by name, a cursor that was tampered with or is of another search', async () => {
      const cursor = String((await list({ q: 'pager', limit: '1' })).body.nextCursor);
      const swapped = cursor.startsWith('A') ? `B${cursor.slice(1)}` : `A${cursor.slice(1)}`;
      for (const wrong of [swapped, cursor.slice(1), cursor.slice(0, -1), `${cursor}A`, '', 'x', '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11']) {
        expect(fieldOf(await list({ q: 'pager', cursor: wrong }))).toEqual([422, '?cursor']);
      }
      for (const query of [[], [['q', 'p']], [['q', 'pager 1']]].map((pairs) => Object.fromEntries(pairs) as Record<string, string>))
        expect(fieldOf(await list({ ...query, cursor }))).toEqual([422, '?cursor']);
      for (const after of [[], ['7'], ['q', 'x'], ['019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11', '0'], ["'; --"]]) {
        await expect(service.list({ q: 'q', limit: 1, after })).rejects.toMatchObject({ problems: [{ pointer: '?cursor' }] });
        await expect(service.list({ q: 'pager', limit: 1, after })).rejects.toMatchObject({ problems: [{ pointer: '?cursor' }] });
      }
    });
  });

  describe(`among ${CROWD} books`, () => {
    beforeAll(async () => {
      await app.rows(
        `INSERT INTO books (id, title, title_key, authors, copies, search)
         SELECT (lpad(to_hex(1763700000000 + n), 12, '0') || '7000' || '8' || lpad(n::text, 15, '0'))::uuid,
           t.title, lower(t.title), '{Crowd}', 1, lower(t.title) || E'\\ncrowd'
         FROM generate_series(1, $1::int) n, LATERAL (SELECT 'Volume ' || md5('t' || n) AS title) t`,
        [CROWD],
      );
      await app.rows('ANALYZE books');
    });

    const [KEY, ID] = ['volume 8', '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11'];

    it.each<[string, () => Promise<unknown>, unknown[][], RegExp[]]>([
      ['a page', () => service.list({ limit: 20, after: [ID] }), [[ID]], [/Index Scan using pk_books/]],
      ['the first page', () => service.list({ limit: 20 }), [[]], [/Index Scan using pk_books/]],
      ['a title', () => service.list({ q: 'vo', limit: 20, after: [KEY, ID] }), [['vo%', KEY, ID]], [/Index Scan using ix_books_title/]],
      [
        'a rare text',
        () => service.list({ q: 'wolken', limit: 20 }),
        [['%wolken%'], [[ID]]],
        [/Bitmap Index Scan on ix_books_search/, /Index Scan using pk_books|Bitmap Index Scan on pk_books/],
      ],
      [
        'a text in another script, also in a database that knows no other letters than those of ASCII,',
        () => service.list({ q: 'чехов', limit: 20 }),
        [[`%${toTrigramText('чехов')}%`], [[ID]]],
        [/Bitmap Index Scan on ix_books_search/, /pk_books/],
      ],
      ['an ISBN', () => service.list({ q: '9295055128', limit: 20 }), [['%9789295055124%'], [[ID]]], [/ix_books_search/, /pk_books/]],
      ['a number', () => service.findByNumber(7), [[7]], [/Index Scan using uq_books_number/]],
    ])('%s is found by an index', async (_, act, values, expected) => {
      const statements = await statementsOf(act);
      expect(statements).toHaveLength(expected.length);
      for (const [index, statement] of statements.entries()) {
        const rows = await app.rows<{ 'QUERY PLAN': string }>(`EXPLAIN ${statement}`, values[index]);
        const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
        expect(plan).toMatch(expected[index] ?? /^$/);
        expect(plan).not.toContain('Seq Scan');
      }
    });

    it('finds all of those with a frequent text, in order, each once', async () => {
      const ids: string[] = [];
      let after: readonly string[] | undefined;
      do {
        const page = await service.list({ q: 'crowd', limit: 100, after });
        ids.push(...page.entries.map(({ id }) => id));
        after = page.next ?? undefined;
      } while (after !== undefined);
      const stored = await app.rows<{ id: string }>(`SELECT id FROM books WHERE search LIKE '%crowd%' ORDER BY id`);
      expect(ids).toEqual(stored.map(({ id }) => id));
      expect(ids.length).toBe(CROWD);
    });

    it('streams all of them, in the order of their numbers', async () => {
      const numbers: number[] = [];
      for await (const { number } of service.listAll()) numbers.push(number);
      expect(numbers.length).toBeGreaterThan(CROWD);
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    });
  });
});
