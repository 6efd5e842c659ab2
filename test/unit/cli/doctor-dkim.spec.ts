import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { lookAtSignature } from '../../../src/cli/doctor/doctor-dkim.js';
import type { Settings } from '../../../src/config/settings.js';
import { dkimRecord } from '../../../src/mail/dkim/dkim-record.js';
import { signerOf } from '../../../src/mail/dkim/dkim-signing.js';

const newKey = () => generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const settings = { DKIM_KEY: newKey(), DKIM_SELECTOR: 'k1', MAIL_FROM: 'Shop <a@shop.example>' } as Settings;
const valueOf = (of: Settings) => String(dkimRecord(signerOf(of) ?? expect.fail('no signer')).value);

const answering =
  (...texts: string[]) =>
  (name: string) => {
    expect(name).toBe('k1._domainkey.shop.example');
    // As DNS gives them: in strings of at most 255 characters.
    return Promise.resolve(texts.map((text) => text.match(/.{1,255}/g) ?? []));
  };
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

describe('the check of the DKIM record', () => {
  it('is content with the key, however it is published', async () => {
    for (const text of [valueOf(settings), valueOf(settings).replaceAll('; ', ';')])
      expect(await lookAtSignature(settings, answering(text))).toEqual({
        name: 'dkim',
        state: 'ok',
        finding: 'k1._domainkey.shop.example has the key',
      });
  });

  it('says what to publish where the record is absent, another one, or one of several', async () => {
    const other = valueOf({ ...settings, DKIM_KEY: newKey() });
    for (const [find, finding] of [
      [failing('ENOTFOUND'), /does not exist/],
      [failing('ENODATA'), /does not exist/],
      [answering(other), /another key/],
      [answering('v=DKIM1; p='), /another key/],
      [answering(valueOf(settings), other), /several records/],
    ] as const) {
      const check = await lookAtSignature(settings, find);
      expect(check).toMatchObject({ state: 'fail', finding: expect.stringMatching(finding) });
      expect(check.advice).toMatch(/^publish: k1\._domainkey\.shop\.example\. IN TXT \( "v=DKIM1; k=rsa; p=/);
    }
  });

  it('only warns if DNS does not answer', async () => {
    expect(await lookAtSignature(settings, failing('ETIMEOUT'))).toMatchObject({
      state: 'warn',
      finding: expect.stringContaining('ETIMEOUT'),
    });
  });

  it('asks nobody without a key', async () => {
    const unsigned = { MAIL_FROM: 'a@shop.example' } as Settings;
    expect(await lookAtSignature(unsigned, failing('never'))).toMatchObject({ state: 'ok', finding: expect.stringContaining('unsigned') });
  });
});
