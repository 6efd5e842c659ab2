import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../../src/capabilities.js';
import { loadSettings } from '../../../src/config/load-settings.js';
import { HookAnswerError, MAX_DETAIL_CHARS, readDecision } from '../../../src/hooks/hook-answer.js';
import { HOOK_SCHEMAS } from '../../../src/hooks/hook-schemas.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(24, 8).toString('base64')}`;
const answer = (body: unknown, status = 200): Response => new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });

describe('the answer of a hook', () => {
  it('allows, or denies with a sentence', async () => {
    expect(await readDecision('before_sign_up', answer({ decision: 'allow', more: 'members' }))).toEqual({
      allows: true,
      claims: undefined,
    });
    expect(await readDecision('before_token', answer({ decision: 'deny', detail: 'No.', claims: { sub: 1 } }))).toEqual({
      allows: false,
      detail: 'No.',
    });
    expect(await readDecision('before_token', answer({ decision: 'deny' }))).toEqual({ allows: false, detail: null });
  });

  it('adds claims to tokens alone', async () => {
    const body = { decision: 'allow', claims: { plan: 'pro' } };
    expect(await readDecision('before_token', answer(body))).toEqual({ allows: true, claims: { plan: 'pro' } });
    expect(await readDecision('before_sign_up', answer(body))).toEqual({ allows: true, claims: undefined });
    for (const claims of [{}, null])
      expect(await readDecision('before_token', answer({ decision: 'allow', claims }))).toEqual({ allows: true, claims: undefined });
  });

  it.each([
    ['  two\r\nlines\t', 'two lines'],
    ['a\u202Eb\u200Bc\u2028d\0', 'a b c d'],
    ['\u0007 ', null],
    ['\uD800x', '\uFFFDx'],
    ['<b>&amp;', '<b>&amp;'],
    ['😀'.repeat(300), `${'😀'.repeat(MAX_DETAIL_CHARS - 1)}…`],
  ])('has plain text for the user: %j', async (detail, told) => {
    expect(await readDecision('before_sign_up', answer({ decision: 'deny', detail }))).toEqual({ allows: false, detail: told });
  });

  it.each<[unknown, number?]>([
    ['allow'],
    [''],
    ['null'],
    ['[]'],
    [{}],
    [{ decision: true }],
    [{ decision: 'ALLOW' }],
    [{ decision: 'allow', claims: { sub: 'x' } }],
    [{ decision: 'allow' }, 201],
    [{ decision: 'deny' }, 403],
  ])('is none: %j', async (body, status) => {
    await expect(readDecision('before_token', answer(body, status))).rejects.toThrow(HookAnswerError);
  });
});

describe('the settings of hooks', () => {
  const load = (env: Record<string, string>) => () => loadSettings(SETTINGS, { NODE_ENV: 'test', ...env });

  it('need a secret for each address', () => {
    for (const name of ['HOOK_BEFORE_SIGN_UP', 'HOOK_BEFORE_TOKEN']) {
      expect(load({ [name]: 'https://app.example.com/hook' })).toThrow(`HOOK_SECRETS must be set, because ${name} is`);
      expect(load({ [name]: 'https://app.example.com/hook', HOOK_SECRETS: `${SECRET},${OTHER}` })()).toMatchObject({
        [name]: 'https://app.example.com/hook',
        [`${name}_FAILURE`]: 'closed',
        HOOK_SECRETS: [SECRET, OTHER],
      });
    }
  });

  it.each(['http://app.example.com', 'https://127.0.0.1/hook', 'https://hooks.internal/', 'https://10.1.2.3'])(
    'take %s only where private addresses may be called',
    (address) => {
      const env = { HOOK_BEFORE_TOKEN: address, HOOK_SECRETS: SECRET };
      expect(load(env)).toThrow('HOOK_BEFORE_TOKEN must start with https:// and name a public host');
      expect(load({ ...env, OUTBOUND_ALLOW_PRIVATE: 'true' })().HOOK_BEFORE_TOKEN).toBe(address);
    },
  );

  it.each(['ftp://app.example.com', 'https://user:secret@app.example.com', 'https://app.example.com/#part', 'app.example.com'])(
    'take no %s',
    (address) => {
      expect(load({ HOOK_BEFORE_TOKEN: address, HOOK_SECRETS: SECRET, OUTBOUND_ALLOW_PRIVATE: 'true' })).toThrow(
        'HOOK_BEFORE_TOKEN must be',
      );
    },
  );

  it.each([`${SECRET},${OTHER},${SECRET}`, 'whsec_short', 'secret', `${SECRET} ${OTHER}`])(
    'take no such secrets, and repeat none',
    (secrets) => {
      const loading = load({ HOOK_SECRETS: secrets });
      expect(loading).toThrow('HOOK_SECRETS must be at most 2 secrets');
      expect(loading).not.toThrow(SECRET.slice(6));
    },
  );
});

describe('the documents of hooks', () => {
  it('name every member as required that the server always sends', () => {
    for (const { request } of HOOK_SCHEMAS) {
      const { data } = request.schema['properties'] as { data: { properties: object; required: string[] } };
      expect(data.required).toEqual(Object.keys(data.properties));
    }
  });
});
