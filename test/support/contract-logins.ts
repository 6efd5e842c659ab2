import type { ContractSlug } from '../../src/contracts/shared/contract-slugs.js';
import type { Answer } from './start-app.js';

/** How each contract signs in. */
interface ContractLogin {
  /** Below the contract. */
  path: string;
  /** The field that takes the identifier. */
  field: string;
  /** What of an account the field takes. */
  takes: 'email' | 'username';
  /** The access token in the answer. */
  tokenIn: (body: Answer['body']) => string;
}

export const CONTRACT_LOGINS: Record<ContractSlug, ContractLogin> = {
  'test-library': { path: '/users/login', field: 'email', takes: 'email', tokenIn: (body) => body.access_token },
  'entity-user': { path: '/login', field: 'email', takes: 'email', tokenIn: (body) => body.data.access_token },
  sadhelx: { path: '/login', field: 'identity', takes: 'email', tokenIn: (body) => body.data.token.token_access },
  'user-auth': { path: '/user/login', field: 'username', takes: 'username', tokenIn: (body) => body.access_token },
  'user-spec': { path: '/users/login', field: 'username', takes: 'email', tokenIn: (body) => body.data.access_token },
};

/** What is sent to sign in to a contract. */
export function loginFields(slug: ContractSlug, of: Record<ContractLogin['takes'], string>, password: string): Record<string, string> {
  const { field, takes } = CONTRACT_LOGINS[slug];
  return { [field]: of[takes], password };
}
