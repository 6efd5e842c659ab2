// The mixed load of writes during a storm, and the search afterwards for what was acknowledged and for half states.
import { setTimeout as wait } from 'node:timers/promises';
import { inParallel, until } from '../stage.mjs';
import { Caller } from './caller.mjs';
import { Reader } from './reader.mjs';

const LANES = 6;

/** How long after the storm the last mail may take, seconds: promise R5. */
const MAIL_SECONDS = 120;

export class Load {
  readers = [];
  /** Acknowledged writes so far. */
  writes = 0;
  stopped = false;

  /** @param databaseUrl for reading the tables, and for making accounts librarians */
  constructor(stage, nodes, databaseUrl, smtp) {
    this.stage = stage;
    this.caller = new Caller(nodes);
    this.databaseUrl = databaseUrl;
    this.smtp = smtp;
  }

  start() {
    this.running = inParallel(LANES, LANES, async () => {
      while (!this.stopped) {
        const reader = new Reader(this.caller);
        this.readers.push(reader);
        await reader.live(
          () => (this.writes += 1),
          (email) => this.untilDone(`UPDATE users SET roles = '{librarian,user}' WHERE email = $1`, [email]),
        );
      }
    });
    // Awaited by `stop`.
    this.running.catch(() => {});
  }

  /** Waits until so many more writes are acknowledged: a storm goes by the order of events, not by the clock. */
  async progress(writes) {
    const goal = this.writes + writes;
    const failed = this.running.then(() => {
      throw new Error('The load ended early');
    });
    failed.catch(() => {});
    await Promise.race([failed, until('acknowledged writes', 300, () => (this.writes >= goal ? true : undefined))]);
  }

  /** Lets every reader finish what it has begun. */
  async stop() {
    this.stopped = true;
    await this.running;
    this.stoppedAt = performance.now();
  }

  /** Looks up every acknowledged write, and searches for half states. */
  async verify() {
    // All requests are over. Killed servers leave keys that would be kept for a minute.
    await this.query(`UPDATE idempotency_keys SET leased_until = now() WHERE status IS NULL`);
    await inParallel(this.readers.length, LANES, (i) => this.readers[i].verify());
    const complaints = this.readers.flatMap((reader) => reader.complaints);
    const { stage, readers, caller } = this;
    const emails = readers.filter(({ registered }) => registered === 'yes').map(({ email }) => email);
    const books = readers.flatMap((reader) => reader.books);
    stage.check(
      `every write of ${this.writes} that was acknowledged is there, and every answer told the truth`,
      complaints.length === 0,
      complaints.slice(0, 5).join('; '),
    );
    stage.check('no answer is 500, every 503 says when to come back', caller.wrong.length === 0, caller.wrong.slice(0, 5).join('; '));
    console.log(`      ${caller.summary}`);
    const lost = await this.rows(
      `SELECT email FROM unnest($1::text[]) AS email WHERE NOT EXISTS (SELECT FROM users u WHERE u.email = email.email)`,
      [emails],
    );
    stage.check(`all ${emails.length} accounts are there`, lost.length === 0, lost.map(({ email }) => email).join(' '));
    const titles = await this.rows('SELECT title, count(*)::int AS copies FROM books WHERE title = ANY ($1) GROUP BY title', [books]);
    stage.check(
      `all ${books.length} books are there, each once`,
      titles.length === books.length && titles.every(({ copies }) => copies === 1),
      `${titles.length} found`,
    );
    for (const [what, sql] of HALF_STATES) {
      const found = await this.rows(sql);
      stage.check(`no ${what}`, found.length === 0, found.length === 0 ? '' : JSON.stringify(found.slice(0, 3)));
    }
  }

  /** Waits for the mail of every account, and for the outbox to have nothing left to send. */
  async verifyMails() {
    const { stage, smtp } = this;
    const left = MAIL_SECONDS - (performance.now() - this.stoppedAt) / 1_000;
    const waiting = () => this.rows(`SELECT recipient, attempts, last_error, leased_until FROM mails WHERE state = 'queued'`);
    await until('mails', Math.max(left, 1), async () => ((await waiting()).length === 0 ? true : undefined), 500).catch(() => {});
    const late = await waiting();
    const sent = await this.rows(`SELECT message_id FROM mails WHERE kind = 'confirm-email'`);
    const times = new Map();
    for (const { id } of smtp.received) times.set(id, (times.get(id) ?? 0) + 1);
    const missing = sent.filter(({ message_id: id }) => !times.has(id));
    const last = (Math.max(...smtp.received.map(({ at }) => at)) - this.stoppedAt) / 1_000;
    stage.check(
      `all ${sent.length} mails leave within ${MAIL_SECONDS} s of the storm, without a restart`,
      late.length === 0 && missing.length === 0,
      `the last one ${last.toFixed(0)} s after it; ${[...times.values()].filter((count) => count > 1).length} of them twice; ${late.length} left${late.length === 0 ? '' : `: ${JSON.stringify(late.slice(0, 3))}`}; ${missing.length} never arrived`,
    );
  }

  async rows(sql, values) {
    return (await this.query(sql, values)).rows;
  }

  /** One statement on a connection of its own; the database may have been restarted since the last one. */
  async query(sql, values) {
    const client = await this.stage.client(this.databaseUrl);
    try {
      return await client.query(sql, values);
    } finally {
      await client.end().catch(() => {});
    }
  }

  /** The same during the storm, until it succeeds. */
  async untilDone(sql, values) {
    for (;;) {
      try {
        return await this.query(sql, values);
      } catch {
        await wait(100);
      }
    }
  }
}

/** Queries for rows of acts that were done by half. */
const HALF_STATES = [
  [
    'account without its mail',
    `SELECT id FROM users u WHERE u.email IS NOT NULL AND NOT EXISTS (SELECT FROM mails m WHERE m.user_id = u.id)`,
  ],
  [
    'account without its code',
    `SELECT id FROM users u WHERE u.email IS NOT NULL AND NOT EXISTS (SELECT FROM challenges c WHERE c.user_id = u.id)`,
  ],
  [
    'account without its event in the audit log',
    `SELECT id FROM users u WHERE NOT EXISTS (SELECT FROM audit_events e WHERE e.subject_id = u.id AND e.action IN ('account.registered', 'account.created'))`,
  ],
  [
    'session without its event in the audit log',
    `SELECT u.id FROM users u WHERE (SELECT count(*) FROM sessions s WHERE s.user_id = u.id) <>
       (SELECT count(*) FROM audit_events e WHERE e.subject_id = u.id AND e.action = 'session.opened')`,
  ],
  [
    'ended session that other nodes are not told of',
    `SELECT id FROM sessions s WHERE revoked_at IS NOT NULL AND NOT EXISTS (SELECT FROM revocations r WHERE r.session_id = s.id)`,
  ],
  [
    'session that ended for reuse of its token',
    `SELECT id FROM sessions WHERE revoke_reason = 'reuse' UNION ALL SELECT subject_id FROM audit_events WHERE action = 'session.refresh_refused' AND details->>'reason' = 'reuse'`,
  ],
  [
    'book without the stored answer to its request',
    `SELECT title FROM books b WHERE title LIKE 'Storm %' AND NOT EXISTS (SELECT FROM idempotency_keys k WHERE k.status = 201 AND k.body::jsonb->>'title' = b.title)`,
  ],
  [
    'waiting mail that no job sends',
    `SELECT id FROM mails m WHERE state = 'queued' AND NOT EXISTS (SELECT FROM graphile_worker.jobs j WHERE j.key = m.id::text)`,
  ],
];
