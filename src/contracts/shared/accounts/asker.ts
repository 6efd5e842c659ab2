import type { Principal } from '../../../common/principal.js';
import type { ContractSlug } from '../contract-slugs.js';

/** Who asks a contract for a change of credentials that its document allows without the password. */
export interface Asker {
  /** The contract that is asked. Without the password it serves only sessions that it opened, of accounts without elevated roles. */
  contract: ContractSlug;
  /** The owner of the account, or an administrator. */
  user: Principal;
  /** The asker's own password, for all other sessions and accounts. */
  password: string | undefined;
}
