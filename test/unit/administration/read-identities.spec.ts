import { describe, expect, it } from 'vitest';
import { readIdentities } from '../../../src/administration/transfer/identities/read-identities.js';

const PROVIDER = { id: '019a9f3e-6c1b-7c3e-a6d0-5f0f6f3b1a11', slug: 'google', preset: 'google', issuer: 'https://accounts.google.com' };
const NAMES = { known: [PROVIDER], mapped: new Map() } as unknown as Parameters<typeof readIdentities>[1];
const GOOD = { provider: 'google', issuer: PROVIDER.issuer, subject: '1042' };

describe('identities of a record', () => {
  it('are read with their times', () => {
    const { carried, faults } = readIdentities([{ ...GOOD, createdAt: '2024-05-31T12:00:00Z' }], NAMES);
    expect(faults).toEqual([]);
    expect(carried).toEqual([expect.objectContaining({ provider: 'google', subject: '1042', lastUsedAt: null })]);
    expect(carried[0]?.createdAt).not.toBeNull();
  });

  it('name every field that cannot be read, and drop none without a word', () => {
    const { faults } = readIdentities(
      [
        { ...GOOD, createdAt: 'yesterday', lastUsedAt: 7 },
        { ...GOOD, subject: '' },
        { ...GOOD, provider: 1 },
      ],
      NAMES,
    );
    expect(faults.map(({ field, rule }) => [field, rule])).toEqual([
      ['identities/0/createdAt', 'isTime'],
      ['identities/0/lastUsedAt', 'isTime'],
      ['identities/1/subject', 'identity.subject'],
      ['identities/2/provider', 'required'],
    ]);
  });

  it('are a list', () => {
    expect(readIdentities({}, NAMES).faults).toEqual([expect.objectContaining({ field: 'identities', rule: 'identities.list' })]);
  });
});
