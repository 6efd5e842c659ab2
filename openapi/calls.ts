// Calls a running server through the clients that clients.mjs generates of the six documents: a sign-up, a sign-in, a read, and an upload
// where the document has one. It compiles only if bodies, answers and files have the types they should have.
import * as entityUser from './entity-user/sdk.gen.js';
import { client as entityUserClient } from './entity-user/client.gen.js';
import * as latchkey from './latchkey/sdk.gen.js';
import { client as latchkeyClient } from './latchkey/client.gen.js';
import * as sadhelx from './sadhelx/sdk.gen.js';
import { client as sadhelxClient } from './sadhelx/client.gen.js';
import * as testLibrary from './test-library/sdk.gen.js';
import { client as testLibraryClient } from './test-library/client.gen.js';
import * as userAuth from './user-auth/sdk.gen.js';
import { client as userAuthClient } from './user-auth/client.gen.js';
import * as userSpec from './user-spec/sdk.gen.js';
import { client as userSpecClient } from './user-spec/client.gen.js';

const PASSWORD = 'seven calm rivers run';

/** How long a mail may take, ms. */
const MAIL_PATIENCE_MS = 20_000;

/** The answer of a call that must succeed. */
async function good<Data>(call: Promise<{ data?: Data; error?: unknown; response?: Response }>): Promise<NonNullable<Data>> {
  const { data, error, response } = await call;
  if (data == null) throw new Error(`${response?.url} answered ${response?.status} ${JSON.stringify(error)}`);
  return data;
}

/** Fails unless both are the same, naming what was called. */
function same(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

/** What the account says about its picture has to be another one than before. */
function changed(before: unknown, after: unknown, what: string): void {
  if (typeof after !== 'string' || after === before) throw new Error(`${what} dropped the picture: ${JSON.stringify(after)}`);
}

/** Gives a client the access token for what it calls from now on. */
function signIn({ setConfig }: typeof latchkeyClient, token: string): void {
  setConfig({ auth: () => token });
}

/** The newest mail to an address that has what is wanted. */
async function mailTo<Found>(to: string, find: (mail: { code?: string | null; links: string[] }) => Found | null | undefined): Promise<Found> {
  const deadline = Date.now() + MAIL_PATIENCE_MS;
  for (;;) {
    for (const mail of await good(latchkey.listDevMail({ query: { to } }))) {
      const found = find(mail);
      if (found != null) return found;
    }
    if (Date.now() > deadline) throw new Error(`No such mail to ${to}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function callLatchkey(picture: Blob): Promise<void> {
  const email = 'core@example.com';
  await good(latchkey.registerUser({ body: { email, password: PASSWORD } }));
  const { accessToken } = await good(latchkey.signIn({ body: { identifier: email, password: PASSWORD } }));
  signIn(latchkeyClient, accessToken);
  same((await good(latchkey.getCurrentUser())).email, email, 'getCurrentUser');
  changed(null, (await good(latchkey.setAvatar({ body: { avatar: picture } }))).avatar?.url, 'setAvatar');
}

async function callTestLibrary(picture: Blob): Promise<void> {
  const account = { email: 'reader@example.com', username: 'reader', password: PASSWORD };
  const { result } = await good(testLibrary.registerUser({ body: account }));
  const { access_token: token } = await good(testLibrary.login({ body: { email: account.email, password: PASSWORD } }));
  signIn(testLibraryClient, token);
  same((await good(testLibrary.getUserById({ path: { userid: String(result.id) } }))).result.username, 'reader', 'getUserById');
  const { result: updated } = await good(testLibrary.updateProfilePicture({ body: { propic_new: picture } }));
  changed(result.image_file, updated.image_file, 'updateProfilePicture');
  const { result: renamed } = await good(
    testLibrary.changeUsername({ body: { current_username: 'reader', new_username: 'librarian' } }),
  );
  same(renamed.username, 'librarian', 'changeUsername');
}

async function callEntityUser(picture: Blob): Promise<void> {
  const account = { email: 'oda@example.com', username: 'oda-generated', password: PASSWORD };
  await good(entityUser.registerOrLogin({ body: account }));
  const { data } = await good(entityUser.login({ body: { email: account.email, password: PASSWORD } }));
  signIn(entityUserClient, data.access_token);
  const { data: before } = await good(entityUser.getUser());
  same(before.username, account.username, 'getUser');
  const { data: after } = await good(entityUser.changeUser({ body: { username: 'oda-changed', profile_picture: picture } }));
  same(after.username, 'oda-changed', 'changeUser');
  changed(before.profile_picture, after.profile_picture, 'changeUser');
}

async function callSadhelx(picture: Blob): Promise<void> {
  const identity = 'sadhelx@example.com';
  await good(sadhelx.signUp({ body: { username: 'usersadhelx1', email: identity, firstname: 'Ada', password: PASSWORD } }));
  await good(sadhelx.uploadAvatar({ body: { identity, avatar: picture } }));
  const code = await mailTo(identity, (mail) => mail.code);
  await good(sadhelx.verifyMail({ body: { identity, code } }));
  const { data } = await good(sadhelx.login({ body: { identity, password: PASSWORD } }));
  same(data.user.email, identity, 'login');
  const file = 'image_file' in data.user ? data.user.image_file : null;
  changed(null, file, 'uploadAvatar');
  const stored = await good(sadhelx.getAvatar({ path: { image_file: String(file) }, parseAs: 'blob' }));
  if (!(stored instanceof Blob) || stored.size === 0) throw new Error('getAvatar answered no picture');
  same((await sadhelx.checkUsername({ path: { username: 'usersadhelx1' } })).response?.status, 409, 'checkUsername');
}

async function callUserAuth(): Promise<void> {
  const mobile = '+8801712345678';
  const { data: registered } = await good(userAuth.registerUser({ body: { username: 'fatematzuhora', mobile, password: PASSWORD } }));
  await good(userAuth.activateUser({ body: { mobile } }));
  const { access_token: token } = await good(userAuth.loginUser({ body: { username: 'fatematzuhora', password: PASSWORD } }));
  signIn(userAuthClient, token);
  same((await good(userAuth.getUser({ path: { uuid: registered.uuid } }))).data.username, 'fatematzuhora', 'getUser');
}

async function callUserSpec(): Promise<void> {
  const username = 'spec@example.com';
  await good(userSpec.createUser({ body: { username, password: PASSWORD } }));
  const { data } = await good(userSpec.login({ body: { username, password: PASSWORD } }));
  signIn(userSpecClient, data.access_token);
  same((await good(userSpec.verifyAccessToken())).message, 'token verified', 'verifyAccessToken');
  await good(userSpec.requestPasswordReset({ body: { username } }));
  // The frontend's page, as CONTRACT_LINKS of this server names it.
  const link = await mailTo(username, ({ links }) => links.find((each) => each.startsWith('https://app.example/reset?token=')));
  const authorization = String(new URL(link).searchParams.get('token'));
  await good(userSpec.updatePassword({ body: { password: 'narokay123' }, headers: { authorization } }));
  await good(userSpec.login({ body: { username, password: 'narokay123' } }));
}

/**
 * Calls each API once.
 * @param server origin of a running server that has no accounts yet
 * @param picture a PNG
 * @throws Error about the first answer that is not as it should be
 */
export async function callAll(server: string, picture: Blob): Promise<void> {
  latchkeyClient.setConfig({ baseUrl: server });
  const contracts = { 'test-library': testLibraryClient, 'entity-user': entityUserClient, sadhelx: sadhelxClient, 'user-auth': userAuthClient };
  for (const [slug, client] of Object.entries({ ...contracts, 'user-spec': userSpecClient }))
    client.setConfig({ baseUrl: `${server}/contracts/${slug}` });
  await Promise.all([
    callLatchkey(picture),
    callTestLibrary(picture),
    callEntityUser(picture),
    callSadhelx(picture),
    callUserAuth(),
    callUserSpec(),
  ]);
}
