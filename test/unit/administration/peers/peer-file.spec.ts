import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OldFields } from '../../../../src/administration/transfer/peers/old-values.js';
import { inspectPeerFile, readPeerFile } from '../../../../src/administration/transfer/peers/peer-file.js';
import { PEERS, type PeerName } from '../../../../src/administration/transfer/peers/peers.js';
import { SecondFileIndex } from '../../../../src/administration/transfer/peers/second-file.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'latchkey-peers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(content: string): string {
  const path = join(folder, 'export.txt');
  writeFileSync(path, content);
  return path;
}

async function read(from: PeerName, content: string): Promise<[line: number, value: unknown][]> {
  const path = write(content);
  const found: [number, unknown][] = [];
  for await (const { line, value } of readPeerFile(path, PEERS[from], await inspectPeerFile(path, PEERS[from]))) found.push([line, value]);
  return found;
}

describe('an export, whatever its name', () => {
  it('is JSON lines if its first line is an account', async () => {
    expect(await read('supabase', '{"id":"1"}\n{"id":\n\n{"id":"2"}\n')).toEqual([
      [1, { id: '1' }],
      [2, undefined],
      [4, { id: '2' }],
    ]);
    expect(await read('keycloak', '{"username":"ada"}\n')).toEqual([[1, { username: 'ada' }]]);
    expect(await read('keycloak', '{"users":[{"username":"ada"}]}\n')).toEqual([[1, { username: 'ada' }]]);
  });

  it.each([',', ';', '\t'])('is CSV with the delimiter %j of its first line', async (delimiter) => {
    const lines = [['id', '"user_login"', 'display_name'], ['1', 'ada', '"Lovelace, Ada; ""A""\tB\nC"'], ['2', '', ''], ['3']];
    expect(await read('wordpress', `\uFEFF${lines.map((cells) => cells.join(delimiter)).join('\r\n')}\r\n`)).toEqual([
      [2, { id: '1', user_login: 'ada', display_name: 'Lovelace, Ada; "A"\tB\nC' }],
      [4, { id: '2' }],
      [5, undefined],
    ]);
  });

  it('needs no header line from Firebase, old or new, and may have one', async () => {
    const row = 'abc,ada@example.com,true,,,Ada,';
    const [[, plain] = []] = await read('firebase', `${row}${','.repeat(45)},\n`);
    expect(plain).toEqual({ localId: 'abc', email: 'ada@example.com', emailVerified: 'true', displayName: 'Ada' });
    const [[, old] = []] = await read('firebase', `${row}${','.repeat(17)}1486324188000,,,true,\n`);
    expect(old).toMatchObject({ createdAt: '1486324188000', disabled: 'true' });
    expect(await read('firebase', 'localId,email\nabc,ada@example.com\n')).toEqual([[2, { localId: 'abc', email: 'ada@example.com' }]]);
    expect(await read('firebase', `${row}${','.repeat(45)},too many\n`)).toEqual([[1, undefined]]);
  });

  it('is refused if its first line names no columns, or one twice', async () => {
    await expect(read('django', 'hello\nworld\n')).rejects.toThrow('Django');
    await expect(read('django', 'id,email,id\n1,2,3\n')).rejects.toThrow('"id" twice');
  });

  it('loses the apostrophes that Auth0 puts before every text of its CSV, and no others', async () => {
    const [[, quoted] = []] = await read('auth0', `user_id,email,email_verified\n"'auth0|1","'ada@example.com",true\n`);
    expect(quoted).toEqual({ user_id: 'auth0|1', email: 'ada@example.com', email_verified: 'true' });
    const [[, bare] = []] = await read('auth0', `user_id,family_name\nauth0|1,"'t Hooft"\n`);
    expect(bare).toEqual({ user_id: 'auth0|1', family_name: "'t Hooft" });
  });
});

describe('a second file', () => {
  const keyOf = (record: OldFields): string | null => (typeof record['of'] === 'string' ? record['of'] : null);

  it('gives every line about an account, and none about another', async () => {
    const lines = Array.from({ length: 5_000 }, (_, index) =>
      JSON.stringify({ of: `user-${index % 4_000}`, index, pad: 'x'.repeat(index < 10 ? 9_000 : 10) }),
    );
    const index = await SecondFileIndex.of(write(`\uFEFF${lines.join('\n')}\n\n{"nobody":1}`), { option: 'accounts', keyOf });
    for (const at of [0, 1, 999, 1_000, 3_999]) {
      const expected = at < 1_000 ? [at, at + 4_000] : [at];
      expect(index.find(`user-${at}`).map((record) => record['index'])).toEqual(expected);
    }
    expect(index.find('user-4000')).toEqual([]);
    index.close();
  });

  it('is refused if it is not JSON lines', async () => {
    await expect(SecondFileIndex.of(write('{"of":"a"}\n[1]\n'), { option: 'accounts', keyOf })).rejects.toThrow('Line 2');
  });
});
