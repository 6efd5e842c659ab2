import { describe, expect, it } from 'vitest';
import { lookAtNode } from '../../../src/cli/doctor/doctor-surroundings.js';

const lookAt = (version: string, day: string) => lookAtNode(version, Date.parse(day));

describe('the check of the Node.js version', () => {
  it('warns about a release line without security fixes, and names maintained ones', () => {
    const check = lookAt('20.20.2', '2026-05-01');
    expect(check).toMatchObject({ name: 'node', state: 'warn', finding: '20.20.2, past its end of life since April 2026' });
    expect(check.advice).toMatch(/\b22 or 24\b/);
  });

  it.each([
    ['20.20.2', '2026-04-29', '20.20.2, maintained until April 2026'],
    ['22.23.5', '2027-01-01', '22.23.5, maintained until April 2027'],
    ['24.22.3', '2027-01-01', '24.22.3, maintained until April 2028'],
  ])('accepts %s on %s', (version, day, finding) => {
    expect(lookAt(version, day)).toEqual({ name: 'node', state: 'ok', finding });
  });

  it('warns about each line after its end of life', () => {
    for (const version of ['21.0.0', '22.23.5', '23.0.0', '24.22.3', '25.0.0']) expect(lookAt(version, '2028-05-01').state).toBe('warn');
  });

  it('treats an unknown newer line as maintained, and checks the running version by default', () => {
    expect(lookAt('26.1.0', '2027-01-01')).toEqual({ name: 'node', state: 'ok', finding: '26.1.0' });
    expect(lookAtNode().finding).toContain(process.versions.node);
  });
});
