// Purges old rows under load: millions of old sessions at once, as after a long downtime.
import { setTimeout as wait } from 'node:timers/promises';
import { CommandLineModule } from '../../dist/administration/command-line.module.js';
import { AuditRepository } from '../../dist/audit/audit.repository.js';
import { withServices } from '../../dist/cli/services.js';
import { DatabaseService } from '../../dist/database/database.service.js';
import { deleteInBatches } from '../../dist/database/old-rows.js';
import { IdempotencyRepository } from '../../dist/idempotency/idempotency.repository.js';
import { WorkerWatch } from '../../dist/jobs/worker-watch.js';
import { MailRepository } from '../../dist/mail/mail.repository.js';
import { TokenHousekeeping } from '../../dist/tokens/sessions/token-housekeeping.service.js';
import { spread } from '../reliability/stage.mjs';
import { percentile } from '../statistics.mjs';

const QUIET_SECONDS = 15;
/** Number of people that send requests meanwhile, and the intervals between requests, ms. */
const PEOPLE = 100;
const WHO_AM_I_EVERY_MS = 10;
const REFRESH_EVERY_MS = 20;
/** Maximum p99 of requests during the purge, ms. On a busy machine twice the p99 without a purge is allowed. */
const PROMISED_P99_MS = { 'who am I': 25, refresh: 50 };

const OLD = `expires_at < now() - interval '30 days'`;

/** Purges the expired sessions as another node would, while people send requests. */
export async function purgeUnderLoad(stage, side) {
  const people = [];
  while (people.length < PEOPLE) {
    const person = await side.person();
    if (!people.some(({ tokens }) => tokens.userId === person.id))
      people.push({ tokens: { ...(await side.signInAnew(person)), userId: person.id }, busy: false });
  }
  // Sessions that expire during the purge do not count.
  const [{ count, until }] = await side.rows(`SELECT count(*)::int AS count, max(expires_at)::text AS until FROM sessions WHERE ${OLD}`);
  const quiet = await underLoad(side, people, () => wait(QUIET_SECONDS * 1_000));
  let seconds = 0;
  const purging = await underLoad(side, people, async () => {
    await side.rows(`SELECT pg_advisory_unlock(hashtext('latchkey:token-housekeeping'))`);
    const startedAt = performance.now();
    await withServices(side.env, [CommandLineModule], (services) => new TokenHousekeeping(services.get(DatabaseService)).run());
    seconds = (performance.now() - startedAt) / 1_000;
  });
  const [{ left }] = await side.rows(`SELECT count(*)::int AS left FROM sessions WHERE expires_at <= $1`, [until]);
  stage.check('old sessions are purged', left === 0, `${count} in ${seconds.toFixed(1)} s, ${Math.round(count / seconds)}/s`);
  for (const [name, limit] of Object.entries(PROMISED_P99_MS)) {
    const allowed = Math.max(limit, 2 * percentile(quiet[name], 0.99));
    stage.check(
      `${name} meanwhile: p99 of at most ${allowed.toFixed(0)} ms`,
      percentile(purging[name], 0.99) <= allowed,
      `${spread(purging[name])}; without: ${spread(quiet[name])}`,
    );
  }
}

/** Sends requests at a steady rate, whether or not earlier ones are answered, until `work` ends. @returns the durations by request, ms */
async function underLoad(side, people, work) {
  const times = { 'who am I': [], refresh: [] };
  const pending = new Set();
  let next = 0;
  const send = (name, ...request) => {
    const sent = side.send(...request).then((answer) => {
      times[name].push(answer.ms);
      return answer.body;
    });
    const settled = sent.finally(() => pending.delete(settled));
    pending.add(settled);
    return sent;
  };
  const somebody = () => people[(next += 1) % people.length];
  const asking = setInterval(
    () => void send('who am I', 'GET', '/v1/users/me', { token: somebody().tokens.accessToken }),
    WHO_AM_I_EVERY_MS,
  );
  const refresh = async (person) => {
    // A refresh is in flight, so its new refresh token is not known yet.
    if (person.busy) return;
    person.busy = true;
    Object.assign(person.tokens, await send('refresh', 'POST', '/v1/auth/refresh', { body: { refreshToken: person.tokens.refreshToken } }));
    person.busy = false;
  };
  const refreshing = setInterval(() => void refresh(somebody()), REFRESH_EVERY_MS);
  try {
    await work();
  } finally {
    clearInterval(asking);
    clearInterval(refreshing);
    await Promise.all(pending);
  }
  return times;
}

/** Adds old rows to every table that is purged, more than one batch of each. */
export async function makeOldRows(side, rows = 2_500) {
  const series = `generate_series(1, ${rows}) AS nth`;
  await side.rows(`SELECT pg_advisory_unlock(hashtext('latchkey:token-housekeeping'))`);
  await side.rows(`INSERT INTO revocations (session_id, revoked_at) SELECT gen_random_uuid(), now() - interval '30 hours' FROM ${series}`);
  await side.rows(
    `UPDATE sessions SET expires_at = now() - interval '31 days' WHERE id IN (SELECT id FROM sessions ORDER BY expires_at LIMIT ${rows})`,
  );
  await side.rows(
    `UPDATE challenges SET expires_at = now() - interval '8 days' WHERE id IN (SELECT id FROM challenges ORDER BY expires_at LIMIT ${rows})`,
  );
  await side.rows(
    `UPDATE idempotency_keys SET expires_at = now() WHERE id IN (SELECT id FROM idempotency_keys ORDER BY expires_at LIMIT ${rows})`,
  );
  await side.rows(
    `UPDATE mails SET created_at = now() - interval '31 days' WHERE id IN (SELECT id FROM mails WHERE state <> 'queued' ORDER BY created_at LIMIT ${rows})`,
  );
  await side.rows(
    `UPDATE held_emails SET held_until = now() WHERE email_key IN (SELECT email_key FROM held_emails ORDER BY held_until LIMIT ${rows})`,
  );
  await side.rows(
    `INSERT INTO audit_events (occurred_at, action, outcome) SELECT date_trunc('month', now() - interval '365 days'), 'session.ended', 'success' FROM ${series}`,
  );
}

/** Deletes a batch of old rows of each table, as the server does regularly, and runs its other periodic queries. */
export function purgeSome(side) {
  return withServices(side.env, [CommandLineModule], async (services) => {
    const database = services.get(DatabaseService);
    const [mails, watch, keys, events] = [MailRepository, WorkerWatch, IdempotencyRepository, AuditRepository].map(
      (Repository) => new Repository(database),
    );
    await new TokenHousekeeping(database).run();
    await events.makeMonths();
    await deleteInBatches(
      (from) => events.purgeBatch(365, from),
      () => true,
    );
    await deleteInBatches(
      (from) => keys.purgeBatch(from),
      () => true,
    );
    await mails.purge(30);
    await mails.requeueForgotten(120);
    await watch.beat('growth', ['send_mail']);
    await watch.leave('growth');
  });
}
