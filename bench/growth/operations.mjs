// The operations that are measured at every size. Each has a name and:
//   ready   (side, person) → what the request needs; not measured
//   ask     (side, person, ready) → the arguments of `side.send`: method, path and options
//   after   (side, person, ready) → restores the state; not measured
//   grows   why the operation is known to take longer with more data; the script then promises nothing
// Pages are so small that even a thousand accounts fill them.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';

const query = (values) => new URLSearchParams(values).toString();
const unheardOf = () => `newcomer.${randomBytes(8).toString('hex')}@example.com`;

/** A request by the owner of an account. */
const own = (method, path, more) => ({
  ready: (side, person) => side.signIn(person),
  ask: (side, person, token) => [method, path, { token, ...more?.(person, side) }],
});
/** A request by the administrator. A `path` that concerns a person is a function. */
const admin = (method, path, body) => ({
  ask: ({ adminToken: token }, person) => [
    method,
    typeof path === 'string' ? path : path(person),
    { token, ...(body === undefined ? {} : { body }) },
  ],
});
const publicly = (method, path, body, expected) => ({
  ask: (side, person) => [
    method,
    typeof path === 'string' ? path : path(person, side),
    { body: body?.(person, side), ...(expected === undefined ? {} : { expected }) },
  ],
});
/** A request that ends the session it uses, so a new session is opened each time. */
const ending = (method, path) => ({
  ready: (side, person) => side.signInAnew(person),
  ask: (_, person, session) => [method, path(session), { token: session.accessToken }],
});
const users = (values) => admin('GET', `/v1/users?${query({ limit: '20', ...values })}`);
const find = (values) => admin('GET', (person) => `/v1/users?${query({ limit: '20', ...values(person) })}`);
const audit = (values) => admin('GET', (person) => `/v1/audit?${query({ limit: '20', ...values(person) })}`);
const reason = { reason: 'To see how long it takes' };
/** For operations that end all sessions of an account: the next operation opens a new one. */
const forgetSession = (_, person) => void (person.session = null);

const daysAgo = (days) => new Date(Date.now() - days * 86_400_000).toISOString();

/** A page deep in the list, newest first. */
const deep = {
  async ready(side) {
    if (side.deepCursor === undefined) {
      // A cursor made from the row before the page, as if all pages before had been read.
      const { toCursor } = await import('../../dist/common/pagination.js');
      const [{ key, id }] = await side.rows(
        `SELECT id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS key FROM users ORDER BY created_at LIMIT 1 OFFSET $1`,
        [Math.floor(side.accounts / 10)],
      );
      side.deepCursor = toCursor('users []', [key, id]);
    }
    return side.deepCursor;
  },
  ask: ({ adminToken: token }, _, cursor) => ['GET', `/v1/users?limit=20&cursor=${cursor}`, { token }],
};

const feedAgent = new Agent();

/** Opens a stream of ended sessions and reads it up to the first heartbeat. */
async function openFeed(side) {
  const startedAt = performance.now();
  const sent = request({
    host: '127.0.0.1',
    port: side.node.port,
    path: '/v1/revocations',
    headers: { authorization: side.basic },
    agent: feedAgent,
  });
  sent.end();
  const [answer] = await once(sent, 'response');
  if (answer.statusCode !== 200) throw new Error(`GET /v1/revocations: ${answer.statusCode}`);
  let text = '';
  for await (const chunk of answer) {
    text += chunk;
    if (text.includes('event: heartbeat')) break;
  }
  return performance.now() - startedAt;
}

export const OPERATIONS = {
  'who am I': own('GET', '/v1/users/me'),
  'verify an access token': own('GET', '/v1/auth/verify'),
  refresh: {
    ready: async (side, person) => {
      if (person.session === null) await side.signIn(person);
      return person.session ?? side.signInAnew(person);
    },
    ask: (side, _, session) => [
      'POST',
      '/v1/auth/refresh',
      { body: { refreshToken: session.refreshToken ?? side.refreshToken(session.id, session.counter) } },
    ],
    after: (_, person) => void (person.session && (person.session.counter += 1)),
  },
  'sign in, e-mail address': publicly('POST', '/v1/auth/login', ({ email }, { password }) => ({ identifier: email, password })),
  'sign in, wrong password': publicly(
    'POST',
    '/v1/auth/login',
    ({ email }) => ({ identifier: email, password: 'four wrong birds sing' }),
    [401],
  ),
  'sign up': publicly('POST', '/v1/auth/register', ({ firstName, lastName }, { password }) => ({
    email: unheardOf(),
    password,
    firstName,
    lastName,
  })),
  'list my sessions': own('GET', '/v1/users/me/sessions'),
  'my security events': own('GET', '/v1/users/me/security-events?limit=20'),
  'change my name': own('PATCH', '/v1/users/me', ({ firstName }) => ({ body: { firstName } })),
  'export my account': own('GET', '/v1/users/me/export'),
  'is an address free': publicly('GET', ({ email }) => `/v1/availability?${query({ email })}`),
  'is a username free': publicly('GET', ({ username }) => `/v1/availability?${query({ username })}`),
  'forgot password': publicly('POST', '/v1/auth/password/forgot', ({ email }) => ({ identifier: email })),
  'forgot password, unknown': publicly('POST', '/v1/auth/password/forgot', () => ({ identifier: unheardOf() })),
  'check a reset code': {
    async ready(side, { email }) {
      await side.send('POST', '/v1/auth/password/forgot', { body: { identifier: email } });
      return side.code(email);
    },
    ask: (_, { email }, code) => ['POST', '/v1/auth/password/reset/check', { body: { identifier: email, code } }],
  },
  'change e-mail, request': own('POST', '/v1/users/me/email', (_, { password }) => ({
    body: { email: unheardOf(), currentPassword: password },
  })),
  'change e-mail, confirm': {
    async ready(side, person) {
      const [token, email] = [await side.signIn(person), unheardOf()];
      await side.send('POST', '/v1/users/me/email', { token, body: { email, currentPassword: side.password } });
      return { token, email, code: await side.code(email) };
    },
    ask: (_, _person, { token, code }) => ['POST', '/v1/users/me/email/confirm', { token, body: { code } }],
    after: (_, person, { email }) => void (person.email = email),
  },
  'sign out': ending('POST', () => '/v1/auth/logout'),
  'end one of my sessions': {
    ready: async (side, person) => ({ token: await side.signIn(person), other: await side.signInAnew(person) }),
    ask: (_, _person, { token, other }) => ['DELETE', `/v1/users/me/sessions/${other.sessionId}`, { token }],
  },
  'sign out everywhere else': { ...ending('DELETE', () => '/v1/users/me/sessions'), after: forgetSession },
  'sign out everywhere': { ...ending('POST', () => '/v1/auth/logout-all'), after: forgetSession },

  'list, newest first': users({}),
  'list, deep page': deep,
  'list, disabled': users({ status: 'disabled' }),
  'list, active': users({ status: 'active' }),
  'list, librarians': users({ role: 'librarian', limit: '5' }),
  'list, administrators': users({ role: 'admin' }),
  'list, verified': users({ verified: 'true' }),
  'list, not verified': users({ verified: 'false' }),
  'list, created before': users({ createdTo: daysAgo(500) }),
  'list, last sign-in since': users({ lastSignInFrom: daysAgo(300) }),
  'list, last sign-in before, disabled': users({ lastSignInTo: daysAgo(10), status: 'disabled', limit: '5' }),
  'list, librarians that are disabled': {
    ...users({ role: 'librarian', status: 'disabled' }),
    grows: 'what matches both has to be found out',
  },
  'list, disabled and not verified': users({ verified: 'false', status: 'disabled', limit: '5' }),
  'search, e-mail prefix': find(({ email }) => ({ email: email.slice(0, -12) })),
  'search, username prefix': find(({ username }) => ({ username })),
  'search, mobile prefix': find(({ mobile }) => ({ mobile: `+${mobile.slice(0, 9)}` })),
  'search, name prefix': find(({ firstName, lastName }) => ({ name: `${firstName} ${lastName.slice(0, 2)}` })),
  'search, rare text': find(({ email }) => ({ search: email.split('@')[0].slice(-9) })),
  'search, frequent text': users({ search: 'garcia' }),
  'search, text in nobody': users({ search: 'quetzalcoatl' }),
  'search, text and filters': {
    ...users({ search: 'olsen', status: 'disabled', limit: '1' }),
    grows: 'what matches both has to be found out',
  },
  'read an account': admin('GET', ({ id }) => `/v1/users/${id}`),
  'sessions of an account': admin('GET', ({ id }) => `/v1/users/${id}/sessions`),
  'audit log, newest': audit(() => ({})),
  'audit log, an action': audit(() => ({ action: 'account.updated' })),
  'audit log, a rare action': audit(() => ({ action: 'accounts.imported' })),
  'audit log, failures': audit(() => ({ outcome: 'failure' })),
  'audit log, an action that never fails': audit(() => ({ action: 'account.updated', outcome: 'failure' })),
  'audit log, an action that always does': {
    ...audit(() => ({ action: 'password.checked', outcome: 'success' })),
    grows: 'all events of the action are looked at for one that there is not',
  },
  'audit log, about somebody': audit(({ id }) => ({ subjectId: id })),
  'audit log, by somebody': audit(({ id }) => ({ actorId: id })),
  'audit log, until a time': audit(() => ({ to: daysAgo(200) })),
  'introspect a token': {
    ready: (side, person) => side.signIn(person),
    ask: ({ basic }, _, token) => [
      'POST',
      '/oauth/introspect',
      { body: new URLSearchParams({ token }), headers: { authorization: basic } },
    ],
  },
  'follow revocations': { measure: openFeed },
  metrics: publicly('GET', '/metrics'),
  readiness: publicly('GET', '/health/ready'),
  'list books': own('GET', '/v1/books?limit=20'),
  'search books, rare text': own('GET', '/v1/books?limit=20&q=9e37ae8'),
  'search books, rare and frequent text': {
    ...own('GET', '/v1/books?limit=20&q=volume%201a2b'),
    grows: 'the index is read for the frequent part, too',
  },
  'search books, frequent text': own('GET', '/v1/books?limit=20&q=papers'),
  'disable an account': {
    ...admin('POST', ({ id }) => `/v1/users/${id}/disable`, reason),
    async after(side, person) {
      await side.send('POST', `/v1/users/${person.id}/enable`, { token: side.adminToken, body: reason });
      person.session = null;
    },
  },
  'enable an account': {
    async ready(side, person) {
      await side.send('POST', `/v1/users/${person.id}/disable`, { token: side.adminToken, body: reason });
      person.session = null;
    },
    ...admin('POST', ({ id }) => `/v1/users/${id}/enable`, reason),
  },
  'delete an account': { ...admin('DELETE', ({ id }) => `/v1/users/${id}`), after: (_, person) => void (person.gone = true) },
};

/** Runs an operation once. @returns its duration, ms */
export async function perform({ ready, ask, after, measure }, side, person) {
  if (measure !== undefined) return measure(side);
  const prepared = await ready?.(side, person);
  const { ms } = await side.send(...ask(side, person, prepared));
  await after?.(side, person, prepared);
  return ms;
}
