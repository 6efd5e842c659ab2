// Fills a migrated database with accounts and all their data in SQL. Everything runs in one transaction that truncates the tables and
// rebuilds their indexes at the end. With `wal_level = minimal`, as in the embedded PostgreSQL, this writes almost no WAL.
import { createHash } from 'node:crypto';

/** Sessions per account: about three are old enough to be purged, two have expired, three have ended, and two are live. */
export const SESSIONS_PER_ACCOUNT = 10;
/**
 * Days over which sessions began. A session lasts at most 90 days and is kept for 30 more, so about three of ten are old enough to be
 * purged.
 */
const SESSION_DAYS = 171;
const ACCOUNT_DAYS = 3 * 365;
/** A prime that does not divide the number of accounts: multiples of it visit all accounts in a scattered order. */
const STRIDE = 7_368_787;

/** Rows per account; a fraction such as 1 / 50 means one row for every 50 accounts. */
const SHARES = {
  challenges: 1 / 4,
  mails: 1,
  audit_events: 5,
  revocations: 1 / 50,
  idempotency_keys: 1 / 50,
  held_emails: 1 / 100,
  books: 1 / 10,
};

const FIRST_NAMES =
  `Ada,Amara,Anja,Aylin,Beatriz,Bruno,Chidi,Chiara,Daan,Divya,Elif,Emeka,Farid,Freya,Grace,Hana,Hugo,Ines,Ivan,Jamal,Jonas,
Kaito,Lena,Liam,Luca,Mara,Mei,Milan,Nadia,Noah,Olga,Omar,Priya,Rosa,Sami,Sofia,Tariq,Uma,Viktor,Yara`.replaceAll('\n', '');
const LAST_NAMES =
  `Abebe,Almeida,Andersson,Bauer,Bianchi,Carter,Castillo,Chen,Costa,Diallo,Dubois,Eriksen,Fischer,Garcia,Gupta,Haddad,Ivanova,
Jansen,Kaya,Keller,Kim,Kowalski,Lambert,Mensah,Meyer,Moreau,Nakamura,Nguyen,Novak,Okafor,Olsen,Park,Patel,Rossi,Santos,Schmidt,Silva,
Suzuki`.replaceAll('\n', '');

/**
 * SQL functions of this connection. They compute the content of a row from its number, so that rows of different tables match without
 * joins.
 */
const functions = (accounts) => `
  -- A UUIDv7 of a time: sorts by it, as those that the server makes.
  CREATE FUNCTION pg_temp.id_of(at timestamptz, what text) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT overlay(overlay(overlay(md5(what) PLACING lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') FROM 1)
                           PLACING '7' FROM 13) PLACING '8' FROM 17)::uuid $$;
  CREATE FUNCTION pg_temp.account_made(n bigint) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT now() - make_interval(secs => ${ACCOUNT_DAYS * 86_400} * (1 - n::float8 / ${accounts}) + 60) $$;
  CREATE FUNCTION pg_temp.account_id(n bigint) RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT pg_temp.id_of(pg_temp.account_made(n), 'account ' || n) $$;
  -- Some account for the nth number \`nth\`: the rows of one are far apart.
  CREATE FUNCTION pg_temp.somebody(nth bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT 1 + nth * ${STRIDE} % ${accounts} $$;
  CREATE FUNCTION pg_temp.scattered(n bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$ SELECT n * 10368889 % 549755813888 $$;
  CREATE FUNCTION pg_temp.first_name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ('{${FIRST_NAMES}}'::text[])[1 + n * 7 % ${FIRST_NAMES.split(',').length}] $$;
  CREATE FUNCTION pg_temp.last_name(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT ('{${LAST_NAMES}}'::text[])[1 + (n * 13 + n / 40) % ${LAST_NAMES.split(',').length}] $$;
  CREATE FUNCTION pg_temp.email(n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lower(pg_temp.first_name(n) || '.' || pg_temp.last_name(n)) || '.' || to_hex(pg_temp.scattered(n)) || '@example.com' $$;`;

/** Statements that fill the tables, the oldest row first; `$rows` is the number of rows. */
const FILLS = {
  users: `
    INSERT INTO users (id, number, username, username_key, email, email_key, email_verified_at, mobile, mobile_key, first_name, last_name,
                       gender, locale, roles, password_hash, activated_at, disabled_at, disabled_reason, created_at, updated_at)
    SELECT pg_temp.account_id(n), n, name, name, email, email, CASE WHEN n % 5 > 0 THEN made END, mobile, mobile, pg_temp.first_name(n), pg_temp.last_name(n),
           ('{female,male,other,NULL}'::text[])[1 + n % 4], ('{en,en-GB,de,fr,pt-BR,tr,NULL}'::text[])[1 + n % 7],
           CASE WHEN n % 200 = 7 THEN '{librarian,user}' ELSE '{user}' END::text[], $hash, made,
           CASE WHEN n % 50 = 0 THEN made + (now() - made) / 2 END, CASE WHEN n % 50 = 0 THEN 'Invented, and disabled' END, made, made
    FROM generate_series(1, $rows::bigint) AS n,
         LATERAL (SELECT pg_temp.account_made(n) AS made, pg_temp.email(n) AS email,
                         CASE WHEN n % 2 = 0 THEN lower(pg_temp.first_name(n)) || '_' || to_hex(pg_temp.scattered(n)) END AS name,
                         CASE WHEN n % 3 = 0 THEN '999' || lpad(pg_temp.scattered(n)::text, 12, '0') END AS mobile) AS person`,
  user_activity: `
    INSERT INTO user_activity (user_id, last_sign_in_at)
    SELECT pg_temp.account_id(n), now() - (now() - pg_temp.account_made(n)) * (n * 7919 % 1000) / 1000 FROM generate_series(1, $rows::bigint) AS n WHERE n % 10 < 7`,
  // The latest session of each account and every other one before it are live; the remaining young sessions have ended or were idle for too
  // long.
  sessions: `
    INSERT INTO sessions (id, user_id, client_id, counter, ip, user_agent, created_at, last_used_at, idle_expires_at, expires_at, revoked_at, revoke_reason)
    SELECT pg_temp.id_of(began, 'session ' || nth), pg_temp.account_id(pg_temp.somebody(nth)), 'latchkey', nth % 40, '198.51.100.' || nth % 250,
           'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36', began, used,
           least(used + interval '30 days', began + interval '90 days'), began + interval '90 days',
           CASE WHEN fate = 'ended' THEN used END, CASE WHEN fate = 'ended' THEN 'sign-out' END
    FROM generate_series(1, $rows::bigint) AS nth,
         LATERAL (SELECT now() - make_interval(secs => ${SESSION_DAYS * 86_400} * (1 - nth::float8 / $rows) + 60) AS began,
                         CASE WHEN nth > 0.9 * $rows OR nth > 0.8 * $rows AND nth % 2 = 0 THEN 'live' WHEN nth % 5 < 3 THEN 'ended' ELSE 'left' END AS fate) AS a,
         LATERAL (SELECT CASE WHEN fate = 'live' THEN greatest(began, now() - make_interval(secs => nth % 86400)) ELSE began + interval '10 hours' * (nth % 12) END AS used) AS b`,
  challenges: `
    INSERT INTO challenges (id, user_id, purpose, address, secret_id, code_mac, created_at, expires_at, consumed_at)
    SELECT pg_temp.id_of(made, 'challenge ' || nth), pg_temp.account_id(n), ('{confirm-email,reset-password,confirm-new-email}'::text[])[1 + nth % 3],
           pg_temp.email(n), 'AAAAAAAA', decode(md5(nth::text) || md5('more ' || nth), 'hex'), made, made + interval '15 minutes',
           CASE WHEN nth % 5 < 3 THEN made + interval '3 minutes' END
    FROM generate_series(1, $rows::bigint) AS nth,
         LATERAL (SELECT pg_temp.somebody(nth) AS n, now() - interval '6 days' * (1 - nth::float8 / $rows) - interval '1 hour' AS made) AS a`,
  mails: `
    INSERT INTO mails (id, dedupe_key, kind, user_id, recipient, locale, message_id, state, attempts, created_at, due_at, expires_at, claimed_at, sent_at)
    SELECT id, id::text, 'reset-password', pg_temp.account_id(n), pg_temp.email(n), 'en', '<' || id || '@example.com>', state, 1, made, made,
           made + interval '15 minutes', made, CASE WHEN state = 'sent' THEN made + interval '1 second' END
    FROM generate_series(1, $rows::bigint) AS nth,
         LATERAL (SELECT pg_temp.somebody(nth) AS n, now() - interval '28 days' * (1 - nth::float8 / $rows) - interval '1 hour' AS made,
                         CASE nth % 100 WHEN 0 THEN 'bounced' WHEN 1 THEN 'failed' WHEN 2 THEN 'dropped' ELSE 'sent' END AS state) AS a,
         LATERAL (SELECT pg_temp.id_of(made, 'mail ' || nth) AS id) AS b`,
  audit_events: `
    INSERT INTO audit_events (occurred_at, action, outcome, actor_id, subject_id, ip, user_agent, request_id)
    SELECT now() - interval '360 days' * (1 - nth::float8 / $rows) - interval '1 minute', action, CASE action WHEN 'password.checked' THEN 'failure' ELSE 'success' END,
           CASE WHEN action <> 'password.checked' THEN id END, id, '198.51.100.' || nth % 250, 'Mozilla/5.0 (X11; Linux x86_64)', 'req-' || nth
    FROM generate_series(1, $rows::bigint) AS nth,
         LATERAL (SELECT pg_temp.account_id(pg_temp.somebody(nth)) AS id,
                         ('{session.opened,session.ended,session.opened,password.checked,account.updated,email.verified}'::text[])[1 + nth / 3 % 6] AS action) AS a`,
  revocations: `
    INSERT INTO revocations (session_id, revoked_at)
    SELECT gen_random_uuid(), now() - interval '20 hours' * (1 - nth::float8 / $rows) - interval '2 hours' FROM generate_series(1, $rows::bigint) AS nth`,
  idempotency_keys: `
    INSERT INTO idempotency_keys (id, claim, user_id, secret_id, request_mac, leased_until, expires_at, status, headers, body)
    SELECT decode(md5('key ' || nth) || md5(nth::text), 'hex'), gen_random_uuid(), pg_temp.account_id(pg_temp.somebody(nth)), 'AAAAAAAA', decode(md5('mac ' || nth), 'hex'),
           now(), now() + interval '20 hours' * (nth::float8 / $rows) + interval '2 hours', 202, '{}', NULL
    FROM generate_series(1, $rows::bigint) AS nth`,
  held_emails: `
    INSERT INTO held_emails (email_key, user_id, held_until)
    SELECT 'former.' || nth || '@example.com', pg_temp.account_id(pg_temp.somebody(nth)), now() + interval '6 days' * (nth::float8 / $rows) + interval '2 hours'
    FROM generate_series(1, $rows::bigint) AS nth`,
  books: `
    INSERT INTO books (id, number, title, title_key, authors, isbn, year, copies, search)
    SELECT pg_temp.id_of(now() - interval '1 day' * (1 - nth::float8 / $rows), 'book ' || nth), nth, title, lower(title), ARRAY[author], NULL, 1900 + nth % 120, nth % 7,
           lower(title || E'\\n' || author)
    FROM generate_series(1, $rows::bigint) AS nth,
         LATERAL (SELECT 'The ' || pg_temp.last_name(nth) || ' papers, volume ' || to_hex(pg_temp.scattered(nth)) AS title,
                         pg_temp.first_name(nth) || ' ' || pg_temp.last_name(nth / 7) AS author) AS a`,
};

/**
 * @param client a connection that nothing else uses, as the owner of the tables
 * @param passwordHash of the password that all accounts have
 * @returns rows per table, and the duration
 */
export async function seed(client, accounts, passwordHash) {
  if (accounts % STRIDE === 0) throw new Error(`${accounts} accounts are a multiple of ${STRIDE}: some would get no session`);
  const startedAt = performance.now();
  const rows = { users: accounts, user_activity: accounts, sessions: accounts * SESSIONS_PER_ACCOUNT };
  for (const [table, share] of Object.entries(SHARES)) rows[table] = Math.round(accounts * share);
  const before = await indexDigest(client);
  const took = {};
  await client.query(functions(accounts));
  await client.query('BEGIN');
  for (const [name, value] of Object.entries({ work_mem: '256MB', maintenance_work_mem: '1GB', synchronous_commit: 'off' })) {
    await client.query(`SET LOCAL ${name} = '${value}'`);
  }
  const keys = await foreignKeys(client);
  for (const { on, name } of keys) await client.query(`ALTER TABLE ${on} DROP CONSTRAINT ${name}`);
  for (const [table, sql] of Object.entries(FILLS)) {
    const since = performance.now();
    const filled = sql.replaceAll('$rows', String(rows[table])).replaceAll('$hash', client.escapeLiteral(passwordHash));
    await fill(client, table, filled);
    took[table] = (performance.now() - since) / 1_000;
  }
  for (const { on, name, definition } of keys) await client.query(`ALTER TABLE ${on} ADD CONSTRAINT ${name} ${definition}`);
  await client.query(
    `SELECT setval(pg_get_serial_sequence('users', 'number'), ${rows.users}), setval(pg_get_serial_sequence('books', 'number'), ${rows.books})`,
  );
  await client.query('COMMIT');
  if ((await indexDigest(client)) !== before) throw new Error('The indexes are not those from before');
  // The state of a database in long use: statistics are current, and no dirty pages are left.
  await client.query('VACUUM ANALYZE');
  // Permitted for superusers and members of pg_checkpoint only. Without it the first measurements are a little slower.
  await client.query('CHECKPOINT').catch(() => {});
  return { rows, took, seconds: (performance.now() - startedAt) / 1_000 };
}

/** Truncates a table, drops its indexes, fills it, and creates the indexes again. */
async function fill(client, table, sql) {
  if (table === 'audit_events') {
    await client.query(`SELECT make_audit_month((now() - months * interval '1 month')::date) FROM generate_series(0, 12) AS months`);
  }
  const constraints = await client.query(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('p', 'u')`,
    [table],
  );
  const indexes = await client.query(
    `SELECT indexrelid::regclass::text AS name, replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') AS definition FROM pg_index i
     WHERE indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
    [table],
  );
  await client.query(`TRUNCATE ${table}`);
  await client.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  for (const { name } of constraints.rows) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  for (const { name } of indexes.rows) await client.query(`DROP INDEX ${name}`);
  await client.query(sql);
  for (const { name, definition } of constraints.rows) await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  for (const { definition } of indexes.rows) await client.query(definition);
  await client.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
}

async function foreignKeys(client) {
  const { rows } = await client.query(
    `SELECT conrelid::regclass::text AS on, conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE contype = 'f' AND conparentid = 0 AND conrelid = ANY ($1::regclass[])`,
    [[...Object.keys(FILLS), 'challenge_tallies']],
  );
  return rows;
}

/**
 * Digest of all indexes and constraints, to compare them before and after. Those of partitions are left out, because PostgreSQL chooses
 * their names.
 */
async function indexDigest(client) {
  const { rows } = await client.query(
    `SELECT string_agg(definition, E'\\n' ORDER BY definition COLLATE "C") AS all FROM (
       SELECT indexdef AS definition FROM pg_indexes WHERE schemaname = 'public' AND tablename !~ '^audit_events_'
       UNION ALL SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' AND conrelid::regclass::text !~ '^audit_events_') AS d`,
  );
  return createHash('sha256').update(rows[0].all).digest('hex');
}
