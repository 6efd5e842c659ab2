// Upgrades a running installation: does the version before serve while the next one migrates, and beside it afterwards?
//
//   npm run build && node bench/reliability/rolling-upgrade.mjs REVISION
//
// The script builds the revision (a commit or tag, without migrations that are not here) in a folder of its own, with this checkout's
// packages if its lock file is the same, else with its own from the registry. A server of that build fills its database with accounts and
// sessions; while it answers sign-ups, sign-ins, refreshes and reads without a pause, `latchkey migrate` of this checkout runs and a server
// of this checkout starts beside it, which gets the same requests. Accounts and sessions of each are then used on the other, and one that
// ends on one of them is refused by the other. At last the server of the version before stops.
// PASS: no request fails on either. Takes two to five minutes.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PASSWORD, call, inParallel, register, run, signedIn, spread, until } from './stage.mjs';

const HERE = fileURLToPath(new URL('../../', import.meta.url));
const ACCOUNTS = 2_000;
const BESIDE_MS = 10_000;

/** Builds a revision. @returns its folder, and a function that removes it */
async function build(revision) {
  const folder = join(await mkdtemp(join(tmpdir(), 'latchkey-before-')), 'checkout');
  const git = (...args) => execFileSync('git', ['-C', HERE, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  git('worktree', 'add', '--detach', folder, revision);
  const remove = async () => {
    git('worktree', 'remove', '--force', folder);
    await rm(join(folder, '..'), { recursive: true, force: true });
  };
  const inFolder = (command, ...args) => execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    const [mine, its] = [HERE, folder].map((each) => readFileSync(join(each, 'package-lock.json'), 'utf8'));
    if (mine === its) symlinkSync(join(HERE, 'node_modules'), join(folder, 'node_modules'));
    else inFolder('npm', 'ci', '--no-progress');
    inFolder('npm', 'run', 'build');
    if (!existsSync(join(folder, 'dist/main.js'))) throw new Error(`${revision} has no dist/main.js after its build`);
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Requests of users of one server, one after the other, until `stop`. */
class Traffic {
  times = [];
  failures = [];
  sent = 0;
  signedUp = 0;
  stopped = false;

  constructor(port, users) {
    this.port = port;
    this.lanes = users.map((user) => this.lane(user));
  }

  async lane(user) {
    for (let i = 0; !this.stopped; i += 1) {
      await this.send('GET', '/v1/users/me', 200, { token: user.accessToken });
      const refreshed = await this.send('POST', '/v1/auth/refresh', 200, { body: { refreshToken: user.refreshToken } });
      if (refreshed !== undefined) Object.assign(user, refreshed);
      const identifier = i % 4 === 0 ? await this.signUp() : user.email;
      if (i % 2 === 0) await this.send('POST', '/v1/auth/login', 200, { body: { identifier, password: PASSWORD } });
      await wait(50);
    }
  }

  async signUp() {
    const email = `upgrade.${this.port}.${(this.signedUp += 1)}.${Math.floor(performance.now() * 1_000)}@example.com`;
    await this.send('POST', '/v1/auth/register', 201, { body: { email, password: PASSWORD } });
    return email;
  }

  async send(method, path, expected, options) {
    this.sent += 1;
    try {
      const { status, body, ms } = await call(this.port, method, path, options);
      this.times.push(ms);
      if (status === expected) return body;
      this.failures.push(`${method} ${path}: ${status} ${body?.code ?? ''}`);
    } catch (error) {
      this.failures.push(`${method} ${path}: ${error.code ?? error.message}`);
    }
    return undefined;
  }

  async stop() {
    this.stopped = true;
    await Promise.all(this.lanes);
  }
}

function verdict(stage, name, { sent, failures, times }) {
  console.log(`      ${name}: ${spread(times)}`);
  const kinds = [...new Set(failures)].slice(0, 5).join('; ');
  stage.check(`no failed request of ${sent} to ${name}`, failures.length === 0, `${failures.length} failed ${kinds}`);
}

/** What one server issued is good on the other, and what ends on one is refused by the other. */
async function checkAcross(stage, from, to, name) {
  const user = await signedIn(from);
  const me = await call(to, 'GET', '/v1/users/me', { token: user.accessToken });
  const refreshed = await call(to, 'POST', '/v1/auth/refresh', { body: { refreshToken: user.refreshToken } });
  const again = await call(to, 'POST', '/v1/auth/login', { body: { identifier: user.email, password: PASSWORD } });
  const statuses = [me, refreshed, again].map(({ status }) => status);
  stage.check(
    `${name}: read, refresh, sign in`,
    statuses.every((status) => status === 200),
    statuses.join(', '),
  );
  const token = again.body.accessToken;
  await call(to, 'POST', '/v1/auth/logout', { token });
  const refused = async () => ((await call(from, 'GET', '/v1/auth/verify', { token })).status === 401 ? true : undefined);
  stage.check(`${name}: signed out there`, (await until('a refusal', 5, refused).catch(() => false)) === true);
}

const revision = process.argv[2];
if (revision === undefined) {
  console.error('Name a revision: node bench/reliability/rolling-upgrade.mjs HEAD~20');
  process.exit(2);
}

await run(`R15: from ${revision} to this checkout`, 900, async (stage) => {
  const before = await build(revision);
  stage.onClose(before.remove);
  const database = await stage.createDatabase();
  const old = await stage.node(database, {}, join(before.folder, 'dist/main.js'));
  const users = [];
  await inParallel(8, 4, async () => users.push(await signedIn(old.port)));
  const client = await stage.client(database);
  await client.query(
    `INSERT INTO users (id, email, email_key) SELECT gen_random_uuid(), e, e FROM (SELECT 'seed.' || n || '@example.com' AS e FROM generate_series(1, $1::int) n) s`,
    [ACCOUNTS],
  );
  const onOld = new Traffic(old.port, users);
  await wait(1_000);

  const startedAt = performance.now();
  const migrating = spawn(process.execPath, [join(HERE, 'dist/cli.js'), 'migrate'], { env: old.env, stdio: ['ignore', 'pipe', 'inherit'] });
  migrating.stdout.on('data', (bytes) => process.stdout.write(`      ${bytes}`));
  const [code] = await once(migrating, 'exit');
  stage.check('migrated beside the version before', code === 0, `${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);

  const next = await stage.node(database, { MIGRATE_ON_START: 'false' });
  const newcomers = [];
  await inParallel(8, 4, async () => newcomers.push(await signedIn(next.port)));
  const onNext = new Traffic(next.port, newcomers);
  await checkAcross(stage, old.port, next.port, 'from the version before to the next');
  await checkAcross(stage, next.port, old.port, 'from the next to the version before');
  await register(old.port);
  await wait(BESIDE_MS);
  await onOld.stop();
  stage.check('the version before stops', (await old.end()) === 0);
  const handedOver = await call(next.port, 'POST', '/v1/auth/refresh', { body: { refreshToken: users[0].refreshToken } });
  stage.check('its sessions go on', handedOver.status === 200, String(handedOver.status));
  await onNext.stop();
  verdict(stage, 'the version before', onOld);
  verdict(stage, 'the next', onNext);
});
