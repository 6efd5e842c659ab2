import type { Settings } from '../config/settings.js';
import { entityUser } from './entity-user/entity-user.contract.js';
import { sadhelx } from './sadhelx/sadhelx.contract.js';
import type { Contract } from './shared/contract.js';
import type { ContractSlug } from './shared/contract-slugs.js';
import { testLibrary } from './test-library/test-library.contract.js';
import { userAuth } from './user-auth/user-auth.contract.js';
import { userSpec } from './user-spec/user-spec.contract.js';

/** All wire contracts. A slug without its contract does not compile. */
const CONTRACTS: Readonly<Record<ContractSlug, Contract>> = {
  'test-library': testLibrary,
  'entity-user': entityUser,
  sadhelx,
  'user-auth': userAuth,
  'user-spec': userSpec,
};

/** Path prefix of a contract. */
export function prefixOf({ slug }: Pick<Contract, 'slug'>): string {
  return `/contracts/${slug}`;
}

/** The contracts that the setting `CONTRACTS` names, in the order of lists. */
export function contractsServed({ CONTRACTS: slugs }: Pick<Settings, 'CONTRACTS'>): readonly Contract[] {
  return slugs.map((slug) => CONTRACTS[slug]);
}
