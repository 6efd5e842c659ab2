import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { complain, print } from '../../../src/cli/output.js';
import { JsonLogger } from '../../../src/common/logger.js';
import { escapeControls } from '../../../src/common/text.js';

describe('what reaches a terminal', () => {
  it('holds no control characters from data', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    print('a\u001B[2J\u009Bb\u202Ec\r\nd');
    complain('\u0007e');
    expect([log.mock.calls, error.mock.calls]).toEqual([[['a\\u001b[2J\\u009bb\\u202ec\\u000d\nd']], [['\\u0007e']]]);
    log.mockRestore();
    error.mockRestore();
  });

  it('keeps the meaning of JSON', () => {
    const value = { name: 'Zoé\u009B\u2028\u007F' };
    const line = escapeControls(JSON.stringify(value));
    expect(line).not.toMatch(/[\u007F-\u009F\u2028]/);
    expect(JSON.parse(line)).toEqual(value);
  });

  it('is escaped in log lines, too', () => {
    const lines: string[] = [];
    new JsonLogger('info', { write: (line) => void lines.push(line) }).log({ msg: 'x', agent: '\u009B31m\u202E' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toMatch(/[\u0080-\u009F\u202E]/);
    expect(JSON.parse(String(lines[0]))).toMatchObject({ agent: '\u009B31m\u202E' });
  });

  it('is printed by commands in one place', () => {
    const printing = readdirSync('src/cli', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) => /\bconsole\./.test(readFileSync(`src/cli/${file}`, 'utf8')));
    expect(printing).toEqual(['output.ts']);
  });
});
