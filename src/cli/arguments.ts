import { type ParseArgsConfig, parseArgs } from 'node:util';

/** The arguments of a command are wrong; nothing was done. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;

/** `--json`, an option of every command. */
const JSON_OPTION = { json: { type: 'boolean', default: false } } as const;

/**
 * The options and other arguments of a command.
 * @throws UsageError
 */
export function readArguments<O extends Options>(args: readonly string[], options: O, positionals: { min: number; max: number }) {
  const read = parse({ args: [...args], options: { ...JSON_OPTION, ...options }, allowPositionals: true });
  const count = read.positionals.length;
  if (count < positionals.min) throw new UsageError('Something is missing.');
  if (count > positionals.max) throw new UsageError(`What is ${JSON.stringify(read.positionals[positionals.max])}?`);
  return read;
}

/** One of the words that an option accepts. @throws UsageError */
export function oneOf<const W extends string>(option: string, value: string, words: readonly W[]): W {
  const word = words.find((each) => each === value);
  if (word === undefined) throw new UsageError(`${option} takes ${words.join(' or ')}, not ${JSON.stringify(value)}.`);
  return word;
}

function parse<C extends ParseArgsConfig>(config: C) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
