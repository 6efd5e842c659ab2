import { describe, expect, it } from 'vitest';
import { contractLinks } from '../../../src/contracts/shared/contract-links-setting.js';

const { parse, show } = contractLinks({ doc: '' });

/** The sentence about a value that the start refuses. */
function complaintAbout(value: string): string {
  try {
    parse(value);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

describe('the setting CONTRACT_LINKS', () => {
  it.each([
    'https://app.example/reset?token=',
    'https://app.example/reset/',
    'https://app.example/?page=reset&token=',
    'https://app.example/#/reset?token=',
    'http://localhost:5173/reset?token=',
    'http://shop.localhost/reset?token=',
    'http://127.0.0.1:8080/reset?token=',
    'http://[::1]:5173/reset?token=',
  ])('takes %s and shows it as it was written', (prefix) => {
    const links = parse(` user-spec = ${prefix} `);
    expect([...links]).toEqual([['user-spec', prefix]]);
    expect(show?.(links)).toBe(`user-spec=${prefix}`);
  });

  it('may be empty', () => {
    expect(parse(' , ').size).toBe(0);
  });

  it.each([
    ['http://app.example/reset?token=', 'https:// is needed, or http:// on this machine'],
    ['http://localhost.example/reset?token=', 'https:// is needed, or http:// on this machine'],
    ['http://127.0.0.1.example/reset?token=', 'https:// is needed, or http:// on this machine'],
    ['javascript:alert(1)//=', 'https:// is needed, or http:// on this machine'],
    ['myapp://reset?token=', 'https:// is needed, or http:// on this machine'],
    ['https://ada:secret@app.example/reset?token=', 'a link must not contain a name or password'],
    // The token would become part of the host's name.
    ['https://app.example', 'write it as browsers do: https://app.example/'],
    ['https://APP.example/reset?token=', 'write it as browsers do: https://app.example/reset?token='],
    ['https://app.example/a b?token=', 'write it as browsers do: https://app.example/a%20b?token='],
    ['https://app.example/reset', 'the token is appended to it, so it must end in a sign such as = or /'],
    ['https://app.example/reset?token=%', 'the token is appended to it, so it must end in a sign such as = or /'],
    ['/reset?token=', 'no URL'],
    ['', 'no URL'],
  ])('refuses %s', (prefix, problem) => {
    expect(complaintAbout(`user-spec=${prefix}`)).toContain(`(user-spec=${prefix}: ${problem})`);
  });

  it('names the contracts that mail a token, where another one is given', () => {
    for (const slug of ['sadhelx', 'test-library', 'entity-user', 'user-auth']) {
      expect(complaintAbout(`${slug}=https://app.example/?t=`)).toContain(
        `the document of ${slug} has no token that comes by mail, only that of user-spec has one`,
      );
    }
    for (const entry of ['nope=https://app.example/?t=', 'https://app.example/?t=', 'constructor=https://app.example/?t=']) {
      expect(complaintAbout(entry)).toContain(`${entry}: it begins with no contract that mails a token: user-spec`);
    }
  });

  it('names every wrong entry at once', () => {
    const complaint = complaintAbout('sadhelx=https://a.example/?t=,user-spec=http://b.example/?t=,user-spec=https://c.example/?t=,x=y');
    expect(complaint).toMatch(/^a list such as user-spec=https:\/\/app\.example\.com\/reset\?token= \(/);
    for (const part of ['sadhelx=https://a.example/?t=:', 'user-spec=http://b.example/?t=:', 'user-spec has a link already', 'x=y:'])
      expect(complaint).toContain(part);
  });
});
