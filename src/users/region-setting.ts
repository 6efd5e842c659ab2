import type { Setting } from '../common/capability.js';
import { isRegion } from './identifiers.js';

/** A country whose mobile numbers can be read. */
export function region(options: Pick<Setting<string>, 'doc'> & { default: string }): Setting<string> {
  return {
    ...options,
    parse(value) {
      if (!isRegion(value)) throw new Error('the two capitals of a country that has telephone numbers, such as US or DE');
      return value;
    },
  };
}
