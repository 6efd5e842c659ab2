// Checked by `npm run typecheck`: bodies that the server would refuse do not compile, and those that it takes do.
import { createClient } from '../../src/index.js';
import { confirmEmail, createBook, listBooks, registerUser, resetPassword, updateBook } from '../../src/operations.js';

const { api, auth, profile } = createClient({ url: 'http://localhost:3000' });
const newPassword = 'seven calm rivers run';

export const taken = () => [
  auth.confirmEmail({ email: 'ada@example.com', code: '40291738' }),
  auth.confirmEmail({ code: '40291738' }),
  auth.confirmEmail({ token: 't', newPassword }),
  confirmEmail({ client: api, body: { ticket: 't', code: '40291738' } }),
  auth.resetPassword({ token: 't', newPassword }),
  resetPassword({ client: api, body: { identifier: 'ada', code: '40291738', newPassword } }),
  auth.signUp({ mobile: '+1 202 555 0147', password: newPassword }),
  auth.signUp({ email: 'ada@example.com', mobile: '+1 202 555 0147', password: newPassword }),
  profile.confirmEmail({ code: '402917' }),
  listBooks({ client: api, query: { limit: 5 }, signal: AbortSignal.abort() }),
  updateBook({ client: api, path: { id: 'b' }, body: { title: 'Emma' }, headers: { 'If-Match': '"3"' } }),
];

export const refused = () => [
  // @ts-expect-error -- neither code nor token
  auth.confirmEmail({}),
  // @ts-expect-error -- an address proves nothing
  confirmEmail({ client: api, body: { email: 'ada@example.com' } }),
  // @ts-expect-error -- a code needs an address or a ticket
  confirmEmail({ client: api, body: { code: '40291738' } }),
  // @ts-expect-error -- no proof
  auth.resetPassword({ newPassword }),
  // @ts-expect-error -- a code without whose
  resetPassword({ client: api, body: { code: '40291738', newPassword } }),
  // @ts-expect-error -- nothing to sign in with
  auth.signUp({ password: newPassword }),
  // @ts-expect-error -- the same for the operation
  registerUser({ client: api, body: { username: 'ada', password: newPassword } }),
  // @ts-expect-error -- neither code nor token
  profile.confirmEmail({}),
  // @ts-expect-error -- nobody to send it
  listBooks({}),
  // @ts-expect-error -- no such parameter
  listBooks({ client: api, query: { limits: 5 } }),
  // @ts-expect-error -- no body
  createBook({ client: api }),
  // @ts-expect-error -- no path
  updateBook({ client: api, body: { title: 'Emma' } }),
];
