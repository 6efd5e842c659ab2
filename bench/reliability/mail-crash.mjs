// Kills a mail worker while it sends: is any mail lost, or sent twice without need?
//
//   npm run build && node bench/reliability/mail-crash.mjs [mails]
//
// Two servers share one database. Each has its own SMTP server in this process, which shows who sent what. The script registers 500
// accounts (or `mails`), with one confirmation mail each. The first server sends some mails normally. Then its SMTP server stops answering:
// for two mails before DATA (nothing handed over yet), and for two after it (handed over, not acknowledged). At that moment the script
// kills the first server with SIGKILL.
// PASS: every mail arrives. Only mails that were handed over but not acknowledged arrive twice, with the same Message-ID. The killed
// server's last mail arrives within 2 min of its death. Takes about 2 min, mostly for leases to end.
import { inParallel, register, run, until } from './stage.mjs';
import { hang, listen } from './smtp.mjs';

const MAILS = Number(process.argv[2] ?? 500);
/** Number of mails that the first server sends normally. */
const FREE = 40;
const RETRIED_WITHIN_SECONDS = 120;

await run('R5: a mail worker is killed', 300, async (stage) => {
  const database = await stage.createDatabase();
  let passed = 0;
  const before = new Set();
  const after = new Set();
  const first = await listen(stage, {
    onRecipient(address) {
      passed += 1;
      if (passed <= FREE || before.size >= 2) return undefined;
      before.add(address);
      return hang;
    },
    onMessage({ to }) {
      if (before.size < 2 || after.size >= 2) return undefined;
      after.add(to);
      return hang;
    },
  });
  const second = await listen(stage);
  const doomed = await stage.node(database, { SMTP_URL: first.url });
  const survivor = await stage.node(database, { SMTP_URL: second.url, MIGRATE_ON_START: 'false' });

  let killedAt;
  const killing = until(
    'the first server to be held with four mails',
    120,
    () => (before.size + after.size === 4 ? true : undefined),
    5,
  ).then(async () => {
    await doomed.end('SIGKILL');
    killedAt = performance.now();
  });
  const recipients = [];
  await inParallel(MAILS, 4, async () => recipients.push((await register(survivor.port)).email));
  await killing;

  const received = () => [...first.received, ...second.received];
  await until('every mail', RETRIED_WITHIN_SECONDS + 30, () => {
    const handedOver = new Set(second.received.map(({ to }) => to));
    const arrived = new Set(received().map(({ to }) => to));
    return recipients.every((to) => arrived.has(to)) && [...before, ...after].every((to) => handedOver.has(to)) ? true : undefined;
  });
  const rows = await stage.client(database);
  await until('the outbox to be empty', 30, async () => {
    const {
      rows: [{ open }],
    } = await rows.query(`SELECT count(*)::int AS open FROM mails WHERE state <> 'sent'`);
    return open === 0 ? true : undefined;
  });

  const byRecipient = groupBy(received(), ({ to }) => to);
  const twice = [...byRecipient.values()].filter((mails) => mails.length > 1);
  stage.check(
    `all ${MAILS} mails arrive`,
    recipients.every((to) => byRecipient.has(to)),
    `${first.received.length} through the killed server, ${second.received.length} through the other`,
  );
  stage.check('the killed server was held before and after DATA', before.size === 2 && after.size === 2);
  stage.check(
    'only mails handed over without acknowledgement arrive twice',
    twice.every((mails) => after.has(mails[0].to) || mails.some(({ acknowledged, at }) => acknowledged && Math.abs(at - killedAt) < 1_000)),
    `${twice.length} twice`,
  );
  stage.check(
    'both copies have the same Message-ID',
    twice.every((mails) => new Set(mails.map(({ id }) => id)).size === 1 && mails[0].id !== undefined),
  );
  const retried = [...before, ...after].map((to) => (second.received.find((mail) => mail.to === to).at - killedAt) / 1_000);
  stage.check(
    `its mails are retried within ${RETRIED_WITHIN_SECONDS} s`,
    Math.max(...retried) <= RETRIED_WITHIN_SECONDS,
    retried.map((s) => `${s.toFixed(1)} s`).join(', '),
  );
});

/** Groups the items by `keyOf`; Node 20 has no `Map.groupBy`. */
function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
