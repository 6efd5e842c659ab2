import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SETTINGS } from '../../../src/capabilities.js';
import { parseEnvFile } from '../../../src/config/env-file.js';
import { environment } from '../../../src/config/environment.js';
import { SettingsError } from '../../../src/config/load-settings.js';

const parse = (text: string) => parseEnvFile(Buffer.from(text));

describe('a settings file', () => {
  it.each([
    ['APP_NAME=C#shop', 'C#shop'],
    ['APP_NAME=C #shop', 'C'],
    ['APP_NAME=#3346d3', '#3346d3'],
    ['APP_NAME= # nothing', ''],
    ['APP_NAME=', ''],
    ['APP_NAME=Cash$shop ${HOME} $$', 'Cash$shop ${HOME} $$'],
    ["APP_NAME='Cash$shop # \\n'", 'Cash$shop # \\n'],
    ['APP_NAME="Cash$shop # 1" # comment', 'Cash$shop # 1'],
    ['APP_NAME="a\\nb\\\\c\\"d\\$e\\tf\\x"', 'a\nb\\c"d$e\tf\\x'],
    ['APP_NAME=`it\'s "it"`', 'it\'s "it"'],
    ['APP_NAME=it\'s a "name"', 'it\'s a "name"'],
    ['APP_NAME=a=b==', 'a=b=='],
    ['  export APP_NAME = x y \t', 'x y'],
    ['APP_NAME="two\r\nlines"\r\n', 'two\nlines'],
    ['APP_NAME=\\d+\\', '\\d+\\'],
    ['\uFEFFAPP_NAME=ü', 'ü'],
  ])('%j gives %j', (line, value) => {
    expect(parse(line)).toEqual({ values: { APP_NAME: value }, problems: [], remarks: [] });
  });

  it.each(['BRAND_COLOR = #3346d3', 'BRAND_COLOR= #3346d3 # blue', 'export BRAND_COLOR=\t#3346d3'])(
    'says that a comment is all that follows in %j',
    (line) => {
      expect(parse(line)).toEqual({
        values: { BRAND_COLOR: '' },
        problems: [],
        remarks: [expect.stringMatching(/^BRAND_COLOR has no value in \.env: # after a space begins a comment/)],
      });
    },
  );

  it('has comments, empty lines and line ends of every system', () => {
    expect(parse('# a\r\n\r\nPORT=1\r  # b\nHOST=x\n').values).toEqual({ PORT: '1', HOST: 'x' });
  });

  it('goes on after a value of several lines, and counts them', () => {
    expect(parse('A="1\n2\n3"\nwhat\nB=4')).toMatchObject({
      values: { A: '1\n2\n3', B: '4' },
      problems: [expect.stringContaining('line 4:')],
    });
  });

  it.each([
    ['just words', /^\.env, line 1: this is neither NAME=value nor a comment$/],
    ['1PORT=3000', /^\.env, line 1: /],
    ['PORT: 3000', /^\.env, line 1: /],
    ["APP_NAME='never closed", /^\.env, line 1: the ' that begins the value of APP_NAME is never closed$/],
    ['APP_NAME="closed\\"', /^\.env, line 1: the " that begins/],
    ['APP_NAME="one" two', /^\.env, line 1: more follows the closing " of APP_NAME/],
  ])('with %j says which line cannot be read', (line, problem) => {
    expect(parse(`${line}\nPORT=4000`)).toMatchObject({ values: { PORT: '4000' }, problems: [expect.stringMatching(problem)] });
  });

  it.each([Buffer.from('\uFEFFPORT=3000', 'utf16le'), Buffer.from([0xff, 0x41]), Buffer.from('PORT=\0')])(
    'must be UTF-8, unlike %j',
    (bytes) => {
      expect(parseEnvFile(bytes)).toMatchObject({ values: {}, problems: [expect.stringMatching(/^\.env must be saved as UTF-8/)] });
    },
  );

  it('says that a name stands twice', () => {
    expect(parse('PORT=1\nPORT=2')).toMatchObject({
      values: { PORT: '2' },
      remarks: [expect.stringMatching(/^PORT stands more than once/)],
    });
  });

  it('is read in time that grows with its size', () => {
    const { problems } = parse(`A='\n`.repeat(3) + '"\\'.repeat(20_000));
    expect(problems.length).toBeGreaterThan(0);
  });
});

describe('the environment', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-env-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
    for (const name of ['ENV_SPEC_OWN', 'ENV_SPEC_FILE', 'SMTP_HOST', 'SMTP_PORT']) delete process.env[name];
  });

  const file = (content: string): string => {
    const path = join(folder, 'env');
    writeFileSync(path, content);
    return path;
  };

  it('is completed by the file, and what is set already takes precedence', () => {
    process.env['ENV_SPEC_OWN'] = 'process';
    const { env } = environment(SETTINGS, file('ENV_SPEC_OWN=file\nENV_SPEC_FILE=C#shop\n'));
    expect(env).toMatchObject({ ENV_SPEC_OWN: 'process', ENV_SPEC_FILE: 'C#shop' });
  });

  it('names what the file has and no setting reads', () => {
    const { remarks } = environment(SETTINGS, file('SMTP_HOST=mail.example\nSMTP_PORT=587\n'));
    expect(remarks).toContain(
      'SMTP_HOST and SMTP_PORT are each no setting of this server and not read: write SMTP_URL, such as SMTP_URL=smtps://user:password@mail.example.com:465',
    );
  });

  it('is refused with every line that cannot be read, and where the file is none', () => {
    const problemsOf = (path: string): readonly string[] => {
      try {
        environment(SETTINGS, path);
      } catch (error) {
        if (error instanceof SettingsError) return error.problems;
      }
      return [];
    };
    expect(problemsOf(file('what\nPORT=1\nA="'))).toHaveLength(2);
    mkdirSync(join(folder, 'folder'));
    expect(problemsOf(join(folder, 'folder'))).toEqual(['.env must be a readable file (EISDIR)']);
    expect(problemsOf(join(folder, 'nowhere'))).toEqual([]);
  });
});
