import { describe, expect, it } from 'vitest';
import { eachHost, parameterOf } from '../../../src/config/hosts.js';

describe('eachHost', () => {
  it.each([
    ['postgres://db/latchkey', ['postgres://db/latchkey']],
    ['postgres://u:p@a:1,b:2/x?y=1,2', ['postgres://u:p@a:1/x?y=1,2', 'postgres://u:p@b:2/x?y=1,2']],
    ['redis://u:p,w@a,[::1]:7', ['redis://u:p,w@a', 'redis://u:p,w@[::1]:7']],
  ])('splits %s', (url, urls) => {
    expect(eachHost(url)).toEqual(urls);
  });
});

describe('parameterOf', () => {
  it('reads parameters beside several hosts, and nothing from what is no URL', () => {
    expect(parameterOf('redis://a,b?cluster=true', 'cluster')).toBe('true');
    expect(parameterOf('redis://a,b?cluster=true', 'sentinel')).toBeNull();
    expect(parameterOf('nonsense', 'cluster')).toBeNull();
  });
});
