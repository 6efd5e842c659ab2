// The SMTP server is down for an hour: does this slow down the API, and which mails are sent afterwards?
//
//   npm run build && node bench/reliability/smtp-down.mjs [registrations]
//
// Two servers on two databases: one has a working SMTP server, the port of the other's refuses connections. The script registers 300
// accounts (or `registrations`) at each, in turn. It simulates an hour by ageing rows in SQL, so that half of the waiting mails contain
// expired codes. Then the second SMTP server starts; it rejects one address permanently (550) and never answers about another one.
// PASS: registering is as fast with and without SMTP (p50 within 25 % or 10 ms, p99 within 50 % or 50 ms). No expired code is sent. Every
// other mail arrives while the address without an answer still hangs. The rejected mail is given up at once. Takes about 60 s.
import { freePort } from '../free-port.mjs';
import { percentile } from '../statistics.mjs';
import { register, run, spread, until } from './stage.mjs';
import { hang, listen } from './smtp.mjs';

const COUNT = Number(process.argv[2] ?? 300);
const REFUSED = 'nobody@example.com';
const SILENT = 'tarpit@example.com';

await run('R6: the SMTP server is away', 240, async (stage) => {
  const working = await listen(stage);
  const port = await freePort();
  const [databaseUp, databaseDown] = [await stage.createDatabase(), await stage.createDatabase()];
  const up = await stage.node(databaseUp, { SMTP_URL: working.url });
  const down = await stage.node(databaseDown, { SMTP_URL: `smtp://127.0.0.1:${port}`, LOG_LEVEL: 'silent' });

  const times = { up: [], down: [] };
  const waiting = [];
  for (let i = 0; i < COUNT; i += 1) {
    for (const [name, node] of i % 2 === 0
      ? [
          ['up', up],
          ['down', down],
        ]
      : [
          ['down', down],
          ['up', up],
        ]) {
      const startedAt = performance.now();
      const { email } = await register(node.port);
      times[name].push(performance.now() - startedAt);
      if (name === 'down') waiting.push(email);
    }
  }
  for (const email of [REFUSED, SILENT]) await register(down.port, { email });
  console.log(`      register, SMTP up    ${spread(times.up)}`);
  console.log(`      register, SMTP down  ${spread(times.down)}`);
  const differs = (share) => percentile(times.down, share) - percentile(times.up, share);
  const near = (share, part, ms) => differs(share) <= Math.max(ms, percentile(times.up, share) * part);
  stage.check(
    'registering takes as long as ever',
    near(0.5, 0.25, 10) && near(0.99, 0.5, 50),
    `p50 ${differs(0.5).toFixed(1)} ms, p99 ${differs(0.99).toFixed(1)} ms more`,
  );

  const rows = await stage.client(databaseDown);
  const expired = new Set(waiting.slice(0, COUNT / 2));
  const aged = await rows.query(
    `WITH old AS (UPDATE mails SET created_at = created_at - interval '1 hour', expires_at = now() - interval '1 minute' WHERE recipient = ANY($1) RETURNING challenge_id)
     UPDATE challenges SET expires_at = now() - interval '1 minute' WHERE id IN (SELECT challenge_id FROM old)`,
    [[...expired]],
  );
  stage.check('the codes of half of the waiting mails have expired', aged.rowCount === expired.size, `${aged.rowCount} of ${COUNT}`);
  // By then the pauses between attempts are long; this makes the next attempts due now.
  await rows.query(`UPDATE graphile_worker._private_jobs SET run_at = now()`);

  let silentSince;
  const back = await listen(stage, {
    port,
    onRecipient(address) {
      if (address === REFUSED) throw Object.assign(new Error('no such mailbox'), { responseCode: 550 });
      if (address !== SILENT) return undefined;
      silentSince ??= performance.now();
      return hang;
    },
  });
  const startedAt = performance.now();
  const wanted = waiting.filter((email) => !expired.has(email));
  await until('the mails that are still good', 90, () => {
    const arrived = new Set(back.received.map(({ to }) => to));
    return wanted.every((to) => arrived.has(to)) ? true : undefined;
  });
  stage.check(
    'every mail that is still good arrives',
    true,
    `${wanted.length} within ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`,
  );
  const states = await until('the expired ones to be dropped', 60, async () => {
    const { rows: found } = await rows.query(`SELECT recipient, state FROM mails WHERE recipient = ANY($1) OR recipient = ANY($2)`, [
      [...expired],
      [REFUSED],
    ]);
    return found.some(({ state }) => state === 'queued') ? undefined : new Map(found.map(({ recipient, state }) => [recipient, state]));
  });
  stage.check(
    'no expired code is sent',
    back.received.every(({ to }) => !expired.has(to)) && [...expired].every((to) => states.get(to) === 'dropped'),
    `${expired.size} dropped`,
  );
  stage.check('an address that is refused for good is given up', states.get(REFUSED) === 'failed');
  const {
    rows: [silent],
  } = await rows.query('SELECT state, attempts FROM mails WHERE recipient = $1', [SILENT]);
  stage.check(
    'an address about which the server says nothing blocks no other',
    silentSince !== undefined && silent.state === 'queued',
    `still ${silent.state}, after ${silent.attempts} attempts`,
  );
  const id = (email) => back.received.filter(({ to }) => to === email).length;
  stage.check(
    'each arrives once',
    wanted.every((email) => id(email) === 1),
  );
});
