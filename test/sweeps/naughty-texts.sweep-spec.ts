import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalLocale } from '../../src/users/field-values.js';
import { signedIn, signedInAs } from '../support/accounts.js';
import { NAUGHTY_STRINGS, inBatches } from '../support/naughty-strings.js';
import { type TestApp, startApp } from '../support/start-app.js';

/** What is kept of hostile text, field by field; `hostile-strings` looks only for failures of the server. */
describe('naughty strings', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  it('in books are kept as what they are, or refused', async () => {
    const { accessToken: token } = await signedInAs(app, 'librarian');
    const create = (body: object) => app.post('/v1/books', body, { token });
    for (const text of NAUGHTY_STRINGS) {
      const { status, body } = await create({ title: text, authors: [text] });
      const field = /^\/(?:title|authors\/0)$/.exec(body.errors?.[0].pointer)?.[0];
      expect([text, status === 201 ? body.title : [status, field]]).toEqual([
        text,
        field === undefined ? text.normalize('NFC').trim() : [422, field],
      ]);
      expect([201, 422]).toContain((await create({ title: 'Beowulf', isbn: text })).status);
    }
  });

  it('in any field of a profile are text or refused: never a failure, never something else', async () => {
    const { accessToken } = await signedIn(app);
    const wrong: unknown[] = [];
    /** Edits a field; what is kept must be what was sent. `__proto__` as a key is refused with 400, by the parser. */
    const check = async (field: string, sent: unknown, kept: unknown): Promise<void> => {
      const { status, body } = await app.call('PATCH', '/v1/users/me', { body: { [field]: sent }, token: accessToken });
      if (status === 200 ? !isDeepStrictEqual(body[field], kept) : ![400, 422].includes(status))
        wrong.push([field, sent, status, body[field]]);
    };
    const marks = String.raw`[\s\u200B\u200E\u200F\u061C\u2060\uFEFF]+`;
    const around = new RegExp(`^${marks}|${marks}$`, 'g');
    for (const field of ['firstName', 'lastName']) {
      await inBatches(NAUGHTY_STRINGS, (naughty) => {
        const kept = naughty.normalize('NFC').replaceAll(around, '');
        return check(field, naughty, /^[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(kept) ? null : kept);
      });
    }
    await inBatches(NAUGHTY_STRINGS, (naughty) => check('username', naughty, naughty.replaceAll(/^[^!-~]+|[^!-~]+$/g, '') || null));
    await inBatches(NAUGHTY_STRINGS, (naughty) => {
      let kept: unknown = 'refused';
      try {
        kept = canonicalLocale(naughty);
      } catch {
        // Stays 'refused', which no answer is.
      }
      return check('locale', naughty, kept);
    });
    await inBatches(NAUGHTY_STRINGS, (naughty) =>
      check('metadata', { text: naughty, [naughty]: naughty }, { text: naughty, [naughty]: naughty }),
    );
    expect(wrong).toEqual([]);
  });
});
