// Measures what a second factor costs: the processor time of the server for a sign-in with a password and a code of an authenticator app
// (two requests), as a multiple of a sign-in with the password alone. Promised: at most 1.25.
//
//   npm run build && node bench/second-factor.mjs [rounds]
//
// The script starts its own PostgreSQL and one server of dist/, makes 20 accounts of each kind, and lets both kinds sign in in turn, 15
// times (or `rounds`) 40 sign-ins each. It reads the processor time of all threads of the server, so other work on the machine matters
// little. Takes about a minute.
import { createHmac } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { PASSWORD, call, run } from './reliability/stage.mjs';
import { median } from './statistics.mjs';

const ROUNDS = Number(process.argv[2] ?? 15);
const ACCOUNTS = 20;
const SIGN_INS = 40;
const PROMISED = 1.25;

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of the present time step (RFC 6238). */
function totp(secret) {
  const bits = [...secret].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = mac[mac.length - 1] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** Processor time of all threads of a process so far, ms. */
function cpuMs(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
    } catch {
      return sum;
    }
  }, 0);
}

await run('the cost of a second factor', 600, async (stage) => {
  const databaseUrl = await stage.createDatabase();
  const { port, process: server } = await stage.node(databaseUrl);
  const client = await stage.client(databaseUrl);
  const ask = async (path, body, status, more) => {
    const answer = await call(port, 'POST', path, { body, ...more });
    if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };

  const register = async (name) => {
    const email = `${name}@example.com`;
    await ask('/v1/auth/register', { email, password: PASSWORD }, 201);
    return email;
  };
  const plain = [];
  const strong = [];
  for (let i = 0; i < ACCOUNTS; i += 1) {
    plain.push({ identifier: await register(`plain.${i}`) });
    const identifier = await register(`strong.${i}`);
    const { accessToken: token } = await ask('/v1/auth/login', { identifier, password: PASSWORD }, 200);
    const { id, secret } = await ask('/v1/users/me/authenticators/totp', {}, 201, { token });
    await ask(`/v1/users/me/authenticators/${id}/confirm`, { code: totp(secret) }, 200, { token });
    strong.push({ identifier, secret });
  }
  // Confirming used up the code of this time step.
  await client.query('UPDATE authenticators SET last_step = NULL');

  const kinds = {
    'password alone': async (i) => ask('/v1/auth/login', { ...plain[i % ACCOUNTS], password: PASSWORD }, 200),
    'password and code': async (i) => {
      const { identifier, secret: key } = strong[i % ACCOUNTS];
      const { signIn } = await ask('/v1/auth/login', { identifier, password: PASSWORD }, 403);
      const headers = { 'sign-in-secret': signIn.secret };
      const { status } = await ask(`/v1/sign-ins/${signIn.id}/attempts`, { totp: totp(key) }, 200, { headers });
      if (status !== 'complete') throw new Error(`The sign-in is ${status}`);
      // Half a minute later, so to speak.
      await client.query('UPDATE authenticators SET last_step = NULL');
    },
  };
  const costs = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const [kind, signIn] of Object.entries(kinds)) {
      const before = cpuMs(server.pid);
      for (let i = 0; i < SIGN_INS; i += 1) await signIn(i);
      // The first round warms up.
      if (round >= 0) costs[kind].push((cpuMs(server.pid) - before) / SIGN_INS);
    }
  }
  const [alone, both] = Object.values(costs).map(median);
  for (const [kind, times] of Object.entries(costs)) {
    console.log(
      `      ${kind}: ${median(times).toFixed(2)} ms of processor time (${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)})`,
    );
  }
  stage.check(
    `a sign-in with a code costs at most ${PROMISED} times one with the password alone`,
    both / alone <= PROMISED,
    (both / alone).toFixed(3),
  );
});
