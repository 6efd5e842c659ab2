// What people do, with its share of all acts. `from`: somebody who is signed in (default), from `outside`, or of the `office`.
import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** A request with an access token. */
const look = (share, name, path, { expected, ...more } = {}) => ({
  share,
  act: (crowd, person) => crowd.send(name, person, ['GET', path(crowd, person)], expected),
  ...more,
});
const query = (values) => new URLSearchParams(values).toString();
const hex = (bytes) => randomBytes(bytes).toString('hex');

export const ACTS = {
  'who am I': look(26, 'who am I', () => '/v1/users/me'),
  verify: look(20, 'verify', () => '/v1/auth/verify', { expected: 204 }),
  refresh: {
    share: 16,
    async act(crowd, person) {
      const body = { refreshToken: person.refreshToken, attemptKey: randomUUID() };
      keep(person, await crowd.send('refresh', person, ['POST', '/v1/auth/refresh', { body, token: undefined }]));
    },
  },
  'sign in': {
    share: 6,
    from: 'outside',
    async act(crowd, person) {
      const body = { identifier: person.identifier, password: person.password };
      keep(person, await crowd.send('sign in', person, ['POST', '/v1/auth/login', { body }]));
    },
  },
  'wrong password': {
    share: 1,
    from: 'outside',
    async act(crowd, person) {
      const body = { identifier: person.identifier, password: 'four wrong birds sing' };
      await crowd.send('wrong password', person, ['POST', '/v1/auth/login', { body }], 401);
    },
  },
  'sign out': {
    share: 4,
    async act(crowd, person) {
      await crowd.send('sign out', person, ['POST', '/v1/auth/logout'], 204);
      person.accessToken = undefined;
    },
  },
  'edit profile': {
    share: 5,
    act: (crowd, person) =>
      crowd.send('edit profile', person, ['PATCH', '/v1/users/me', { body: { firstName: `Name ${randomInt(1e6)}` } }]),
  },
  'list sessions': look(3, 'list sessions', () => '/v1/users/me/sessions'),
  'security events': look(2, 'security events', () => '/v1/users/me/security-events?limit=20'),
  'list books': look(5, 'list books', () => '/v1/books?limit=20'),
  'search books': look(2, 'search books', () => `/v1/books?${query({ q: `soak ${hex(1)}`, limit: '20' })}`),
  'add book': {
    share: 2,
    from: 'office',
    act: (crowd, person) => {
      const options = { body: { title: `Soak ${hex(8)}` }, headers: { 'idempotency-key': randomUUID() } };
      return crowd.send('add book', person, ['POST', '/v1/books', options], 201);
    },
  },
  'list accounts': look(1, 'list accounts', () => '/v1/users?limit=20', { from: 'office' }),
  'search accounts': look(
    1,
    'search accounts',
    (crowd) => `/v1/users?${query({ search: crowd.people[randomInt(crowd.people.length)].email, limit: '20' })}`,
    {
      from: 'office',
    },
  ),
  'audit log': look(1, 'audit log', () => '/v1/audit?limit=20', { from: 'office' }),
  'upload picture': {
    share: 1,
    async act(crowd, person) {
      const { bytes, type } = crowd.pictures[randomInt(crowd.pictures.length)];
      const user = await crowd.send('upload picture', person, [
        'PUT',
        '/v1/users/me/avatar',
        { body: bytes, headers: { 'content-type': type } },
      ]);
      if (user !== undefined) await crowd.send('read picture', person, ['GET', new URL(user.avatar.url).pathname]);
    },
  },
  'sign up': {
    share: 2,
    from: 'outside',
    async act(crowd, { ip }) {
      const person = { ip, identifier: `newcomer.${hex(8)}@example.com`, password: crowd.password };
      const body = { email: person.identifier, password: person.password, firstName: 'Ada' };
      const user = await crowd.send('sign up', person, ['POST', '/v1/auth/register', { body }], 201);
      if (user === undefined) return;
      const code = await crowd.mails.codeTo(person.identifier);
      const proof = { email: person.identifier, code, password: person.password };
      await crowd.send('confirm address', person, ['POST', '/v1/auth/email/verification/confirm', { body: proof }]);
    },
  },
  'reset password': {
    share: 1,
    from: 'outside',
    async act(crowd, person) {
      const { identifier } = person;
      const answer = await crowd.send('forgot password', person, ['POST', '/v1/auth/password/forgot', { body: { identifier } }], 202);
      if (answer === undefined) return;
      const body = { identifier, code: await crowd.mails.codeTo(identifier), newPassword: `new ${hex(12)}` };
      const done = await crowd.send('reset password', person, ['POST', '/v1/auth/password/reset', { body }], 204);
      if (done !== undefined) person.account.password = body.newPassword;
    },
  },
};

function keep(person, tokens) {
  if (tokens === undefined) return;
  person.accessToken = tokens.accessToken;
  person.refreshToken = tokens.refreshToken;
  person.renewedAt = performance.now();
}
