import type { ContractSlug } from '../../src/contracts/shared/contract-slugs.js';
import { PASSWORD } from './accounts.js';

/** How somebody registers through each contract, with an address in the domain. */
export const SIGN_UPS: Record<ContractSlug, (email: string) => { path: string; fields: Record<string, string> }> = {
  'test-library': (email) => ({ path: '/users/register', fields: { email, username: nameOf(email), password: PASSWORD } }),
  'entity-user': (email) => ({ path: '/user', fields: { email, username: nameOf(email), password: PASSWORD } }),
  sadhelx: (email) => ({
    path: '/signup',
    fields: { email, username: nameOf(email), password: PASSWORD, firstname: 'Ada', lastname: 'Lovelace', phonenumber: newNumber() },
  }),
  'user-auth': (email) => ({ path: '/user', fields: { username: nameOf(email), mobile: newNumber(), password: PASSWORD } }),
  'user-spec': (email) => ({ path: '/users', fields: { username: email, password: PASSWORD } }),
};

/** What each contract says in its own form: status and body. */
export const REFUSALS: Record<ContractSlug, (message: string) => [number, object]> = {
  'test-library': () => [400, { message: 'BAD REQUEST', status: 400 }],
  'entity-user': (message) => [400, { data: [], message }],
  sadhelx: (msg) => [409, { status: false, msg }],
  'user-auth': (message) => [400, { message }],
  'user-spec': (message) => [400, { status: 400, message, data: null, refrence: null, error: true }],
};

let numbers = 0;

/** Of the numbers that nobody has. */
function newNumber(): string {
  numbers += 1;
  return `+1 202 555 01${10 + numbers}`;
}

function nameOf(email: string): string {
  return String(email.split('@')[0]).replaceAll(/[^a-z\d]/g, '');
}
