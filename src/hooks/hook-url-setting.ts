import type { Setting } from '../common/capability.js';
import { isGivenAddress } from '../outbound/given-address.js';

/** The address of a hook. What else has to be set for it is checked as well. */
export function hookUrl({ name, ...options }: { name: string } & Pick<Setting<string>, 'doc' | 'example'>): Setting<string | undefined> {
  return {
    ...options,
    parse(value) {
      // Whether plain HTTP and private addresses are allowed is another setting's matter. The message repeats nothing: there may be a secret in it.
      if (!isGivenAddress(value, { OUTBOUND_ALLOW_PRIVATE: true }))
        throw new Error('a URL that starts with https://, without user, password and #');
      return value;
    },
    check: (value, { HOOK_SECRETS: secrets, OUTBOUND_ALLOW_PRIVATE: allowsPrivate }) => [
      ...((secrets as readonly string[]).length === 0
        ? [`HOOK_SECRETS must be set, because ${name} is: requests to hooks are signed`]
        : []),
      ...(isGivenAddress(value, { OUTBOUND_ALLOW_PRIVATE: allowsPrivate === true })
        ? []
        : [`${name} must start with https:// and name a public host; on a development machine set OUTBOUND_ALLOW_PRIVATE`]),
    ],
  };
}
