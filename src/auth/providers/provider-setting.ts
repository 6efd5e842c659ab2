import type { Setting } from '../../common/capability.js';
import type { SettingValues } from '../../common/declared.js';
import { InvalidRequestError } from '../../common/errors.js';
import { LINK_RULES, type NewProvider, PRESETS, PROVIDER_KINDS } from './provider.js';
import { completed, demandAcrMap, demandAddress, demandAppleKey, demandEndpoints } from './provider-fields.js';
import { FORMS, MAX_CLIENT_ID_CHARS, MAX_SCOPES, MAX_SECRET_CHARS } from './provider-forms.js';

type Rules = Pick<SettingValues, 'OUTBOUND_ALLOW_PRIVATE'>;
type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with the value of a field; null if nothing is. It may also throw an InvalidRequestError. */
type Check = (value: unknown, rules: Rules) => string | null;

/** The fields of `POST /v1/providers`. */
const CHECKS: Readonly<Record<keyof NewProvider, Check>> = {
  slug: matching(FORMS.slug),
  name: matching(FORMS.name),
  kind: oneOf(PROVIDER_KINDS),
  preset: oneOf(PRESETS),
  issuer: (value, rules) => passes(() => demandAddress(value, '/issuer', rules)),
  clientId: textUpTo(MAX_CLIENT_ID_CHARS),
  clientSecret: textUpTo(MAX_SECRET_CHARS),
  scopes: (value) => {
    if (!Array.isArray(value) || value.length > MAX_SCOPES) return `Write a list of at most ${MAX_SCOPES} scopes.`;
    return value.map((scope) => matching(FORMS.scope)(scope)).find((fault) => fault !== null) ?? null;
  },
  endpoints: object((value, rules) => demandEndpoints(value, rules)),
  appleKey: object((value) => demandAppleKey(value)),
  emailTrusted: isFlag,
  links: oneOf(LINK_RULES),
  signUps: isFlag,
  acrMap: object((value) => demandAcrMap(value)),
  enabled: isFlag,
};

/**
 * Identity providers as a JSON array; each element has the fields of `POST /v1/providers`, and takes the name of its preset as its slug
 * unless it names one. It holds secrets, so it can be a file, and no message repeats a value.
 */
export function providersSetting(options: { doc: string; example: string }): Setting<readonly NewProvider[]> {
  return {
    ...options,
    default: [],
    secret: true,
    parse(text) {
      const elements = read(text);
      if (!Array.isArray(elements) || !elements.every(isObject)) throw new Error(`a JSON array of objects such as ${options.example}`);
      return elements.map((element) => ({ slug: element['preset'], ...element }) as unknown as NewProvider);
    },
    check: (providers, all) => [
      ...providers.flatMap((provider, index) => faultsOf(provider as unknown as Fields, index, all as unknown as Rules)),
      ...repeated(providers.map(({ slug }) => slug).filter((slug) => matching(FORMS.slug)(slug) === null)).map(
        (slug) => `PROVIDERS must name each slug once (${slug})`,
      ),
    ],
    show: () => '',
  };
}

/** Every wrong field of a provider, one line each. */
function faultsOf(provider: Fields, index: number, rules: Rules): string[] {
  const name = CHECKS.slug(provider['slug'], rules) === null ? String(provider['slug']) : `number ${index + 1}`;
  const line = (field: string, detail: string): string => `PROVIDERS (${name}, ${field}): ${detail}`;
  const faults: string[] = [];
  const attempt = (check: () => void): void => {
    try {
      check();
    } catch (error) {
      if (!(error instanceof InvalidRequestError)) throw error;
      faults.push(...error.problems.map(({ pointer, detail }) => line(pointer.slice(1), detail)));
    }
  };
  for (const field of ['slug', 'clientId']) if (provider[field] === undefined) faults.push(line(field, 'This is needed.'));
  for (const [field, value] of Object.entries(provider)) {
    if (value === undefined) continue;
    const check = Object.hasOwn(CHECKS, field) ? CHECKS[field as keyof NewProvider] : () => 'There is no such field.';
    attempt(() => {
      const fault = check(value, rules);
      if (fault !== null) faults.push(line(field, fault));
    });
  }
  if (faults.length === 0) attempt(() => completed(provider as unknown as NewProvider));
  return faults;
}

function matching({ pattern, detail }: { pattern: RegExp; detail: string }): (value: unknown) => string | null {
  return (value) => (typeof value === 'string' && pattern.test(value) ? null : detail);
}

function oneOf(words: readonly string[]): Check {
  return (value) => (words.some((word) => word === value) ? null : `Write one of ${words.join(', ')}.`);
}

function textUpTo(max: number): Check {
  return (value) => (typeof value === 'string' && value !== '' && value.length <= max ? null : `Write 1 to ${max} characters.`);
}

function object(demand: (value: Fields, rules: Rules) => void): Check {
  return (value, rules) => (isObject(value) ? passes(() => demand(value, rules)) : 'Write a JSON object.');
}

function isFlag(value: unknown): string | null {
  return typeof value === 'boolean' ? null : 'Write true or false.';
}

/** The fault is what the check throws. */
function passes(check: () => void): null {
  check();
  return null;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function repeated(slugs: readonly string[]): string[] {
  return [...new Set(slugs.filter((slug, index) => typeof slug === 'string' && slugs.indexOf(slug) < index))];
}

/** Undefined for what is no JSON: the parser's own message would quote it. */
function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
