import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCommand } from '../../../src/cli/commands.js';

describe('latchkey on the command line', () => {
  let said: string[];
  let complained: string[];
  beforeEach(() => {
    said = [];
    complained = [];
    vi.spyOn(console, 'log').mockImplementation((line: string) => void said.push(line));
    vi.spyOn(console, 'error').mockImplementation((line: string) => void complained.push(line));
  });
  afterEach(() => vi.restoreAllMocks());

  it.each([[[]], [['--help']], [['-h']], [['help']]])('says what it can do when it is called with %j', async (args) => {
    expect(await runCommand(args, {})).toBe(0);
    expect(said.join()).toMatch(/^Usage: latchkey COMMAND[^]*migrate[^]*healthcheck[^]*keys VERB[^]*secret FILE/);
    expect(complained).toEqual([]);
  });

  it.each(['migrate', 'healthcheck', 'keys', 'secret'])('explains %s and does nothing else when help is asked for', async (name) => {
    for (const flag of ['--help', '-h']) expect(await runCommand([name, flag], {})).toBe(0);
    expect(said).toHaveLength(2);
    expect(said.join()).toContain(`Usage: latchkey ${name}`);
    // `latchkey secret --help` wrote a secret to a file of that name.
    for (const flag of ['--help', '-h']) expect(existsSync(flag)).toBe(false);
  });

  it.each([
    [['constructor']],
    [['toString']],
    [['__proto__']],
    [['migrat']],
    [['migrate', 'now']],
    [['healthcheck', '--verbose']],
    [['keys', 'burn']],
    [['secret']],
    [['secret', 'a', 'b']],
  ])('does nothing but explain itself when it is used wrongly: %j', async (args) => {
    expect(await runCommand(args, {})).toBe(2);
    expect(said).toEqual([]);
    expect(complained.join()).toMatch(/^Usage: latchkey /);
  });
});
