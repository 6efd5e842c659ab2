import { readTime } from '../../../users/transfer/account-record.js';

export type Fields = Readonly<Record<string, unknown>>;

/** Something of an account that cannot be taken over as it is written. */
export interface AuthenticatorFault {
  /** Where in the record: `authenticators/totp/0/algorithm`. */
  field: string;
  rule: string;
  detail: string;
  /** What is lost if the account comes without it. */
  about: string;
}

/** Reads single fields of a record, and notes each that cannot be read. */
export class FieldReader {
  readonly faults: AuthenticatorFault[] = [];

  protected list(given: Fields, name: string, max: number): Fields[] {
    const { [name]: items = [] } = given;
    if (Array.isArray(items) && items.length <= max && items.every(isObject)) return items;
    this.fault([name], 'authenticators.invalid', `This must be a list of at most ${max} JSON objects.`, name);
    return [];
  }

  protected count(item: Fields, name: string, path: readonly (string | number)[], about: string, max: number): number | null {
    const { [name]: value = null } = item;
    if (value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= max)) return value;
    this.fault([...path, name], 'isInteger', `This must be a whole number from 0 to ${max}.`, `${about}: unreadable ${name}`);
    return null;
  }

  protected flag(item: Fields, name: string, path: readonly (string | number)[]): boolean | null {
    const { [name]: value = null } = item;
    if (value === null || typeof value === 'boolean') return value;
    this.fault([...path, name], 'isBoolean', 'This must be true or false.', `passkey: unreadable ${name}`);
    return null;
  }

  protected time(item: Fields, name: string, path: readonly (string | number)[], about: string): string | null {
    const { [name]: value = null } = item;
    const time = typeof value === 'string' ? readTime(value) : null;
    if (value !== null && time === null) {
      this.fault(
        [...path, name],
        'isTime',
        'This must be a time such as 2024-05-31T12:00:00Z, with its offset.',
        `${about}: unreadable ${name}`,
      );
    }
    return time;
  }

  protected refuseOthers(given: Fields, known: readonly string[], path: readonly (string | number)[]): void {
    for (const name of Object.keys(given)) {
      if (!known.includes(name)) this.fault([...path, name.slice(0, 64)], 'field.unknown', 'There is no such field.', 'unknown members');
    }
  }

  protected fault(path: readonly (string | number)[], rule: string, detail: string, about: string): void {
    this.faults.push({ field: ['authenticators', ...path].join('/'), rule, detail, about });
  }
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
