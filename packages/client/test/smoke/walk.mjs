// Signs up, in, refreshes and signs out with the built package, in whatever runs this file. The last argument says where, and as whom.
import { createClient } from '../../dist/index.js';

const { url, email, password } = JSON.parse(globalThis.process?.argv.at(-1) ?? '{}');
const { auth } = createClient({ url });
const told = [];
auth.onAuthStateChange((event) => told.push(event));

/** @returns what was asked for @throws the failure, if there was one */
const good = ({ data, error }) => {
  if (error !== null) throw error;
  return data;
};

good(await auth.getSession());
good(await auth.signUp({ email, password }));
const { session } = good(await auth.signInWithPassword({ identifier: email, password }));
const next = good(await auth.refresh()).session;
if (next.accessToken === session.accessToken) throw new Error('The access token is the former one.');
if (good(await auth.getUser()).user.email !== email) throw new Error('This is another account.');
good(await auth.signOut());
console.log(told.join(' '));
