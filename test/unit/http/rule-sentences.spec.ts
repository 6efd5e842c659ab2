import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/capabilities.js';
import { describeRule, rulesOf } from '../../../src/http/rule-sentences.js';

const SOURCE = join(import.meta.dirname, '../../../src');

/** English of class-validator, and templates of its messages that nobody filled in. */
const FOR_PROGRAMMERS = /\$|must be (?:a|an) |should|shorter than or equal|longer than|conforming|regular expression|following values/;

interface Broken {
  dto: Function;
  property: string;
  rule: string;
}

/** Every rule of class-validator that a class of `src` puts on a property. */
async function rulesInUse(): Promise<Broken[]> {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(SOURCE, file))
    .filter((file) => /from 'class-validator'|CodeField|WrittenField|ReturnTo|@Time\(|IsCode|PageQuery/.test(readFileSync(file, 'utf8')));
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(file).href) as Promise<Record<string, unknown>>));
  const classes = new Set(modules.flatMap((each) => Object.values(each)).filter((value): value is Function => typeof value === 'function'));
  return [...classes].flatMap((dto) =>
    rulesOf(dto).flatMap(({ propertyName, name, type }) =>
      type === 'conditionalValidation' || name === undefined ? [] : [{ dto, property: propertyName, rule: name }],
    ),
  );
}

describe('what is said of a broken rule', () => {
  let rules: Broken[] = [];
  beforeAll(async () => {
    rules = await rulesInUse();
  });

  it('is a sentence for people, for every rule of every field', () => {
    expect(rules.length).toBeGreaterThan(150);
    for (const { dto, property, rule } of rules) {
      const { detail } = describeRule(dto, property, rule, 'x');
      expect([dto.name, property, detail]).toEqual([dto.name, property, expect.stringMatching(/^[A-Z].*\.$/)]);
      expect(detail).not.toMatch(FOR_PROGRAMMERS);
    }
  });

  it('has a declared name', () => {
    for (const { dto, property, rule } of rules) {
      const described = describeRule(dto, property, rule, 'x');
      expect([described.rule, described.rule in CATALOGUE.rules]).toEqual([described.rule, true]);
    }
  });

  it('is of a field that is missing always the same', () => {
    const one = rules.find(({ property, rule }) => property === 'identifier' && rule === 'maxLength');
    for (const value of [undefined, null]) {
      expect(describeRule(one?.dto as Function, 'identifier', 'maxLength', value)).toEqual({
        rule: 'required',
        detail: 'This field is required.',
      });
    }
    expect(describeRule(one?.dto as Function, 'identifier', 'isNotEmpty', '')).toEqual({
      rule: 'required',
      detail: 'This field must not be empty.',
    });
  });
});

it('every declared rule has a sentence for the documentation', () => {
  for (const [rule, sentence] of Object.entries(CATALOGUE.rules))
    expect([rule, sentence]).toEqual([rule, expect.stringMatching(/^[A-Z].*\.$/)]);
});
