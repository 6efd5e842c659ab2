import { KEYS_USAGE } from './keys.usage.js';

/** Last part of every command's help. */
const EXIT_CODES = `--json   answer in JSON, on standard output; what is said besides goes to standard error

Exit codes: 0 done, 1 failed, 2 wrong arguments or settings (nothing was done), 3 done, but something was left out.`;

/** The help text of each command. */
export const HELP = {
  migrate: `Usage: latchkey migrate [--json]

Brings the database up to date, and says what was applied. Safe to run on several nodes at once, and again at any time.

  DATABASE_URL=postgres://… latchkey migrate

${EXIT_CODES}`,

  healthcheck: `Usage: latchkey healthcheck [--json]

Asks the server on this machine whether it is ready. For a container's health check:

  HEALTHCHECK CMD ["node", "dist/cli.js", "healthcheck"]

${EXIT_CODES}`,

  keys: `${KEYS_USAGE}

${EXIT_CODES}`,

  secret: `Usage: latchkey secret FILE [--json]

Writes a random secret to FILE, readable by its owner alone, unless it exists; for APP_SECRET_FILE.

  latchkey secret /run/secrets/app-secret

${EXIT_CODES}`,

  admin: `Usage: latchkey admin create [--username NAME] [--email ADDRESS] [--password-file FILE] [--json]

Makes an administrator who can sign in at once. Without --password-file a password is made up and shown once; with it, the first
line of FILE is the password (- is standard input). The address counts as verified: you vouch for it. No mail is sent.

  latchkey admin create --username root --email ops@example.com
  pass show latchkey/root | latchkey admin create --username root --password-file -

${EXIT_CODES}`,

  config: `Usage: latchkey config check [--json]
       latchkey config print [--json]

check   Says what is wrong with the settings, all at once, before a server is started with them.
print   Shows every setting as the server takes it; * marks those that are set. Of secrets it shows only whether there is one.

  NODE_ENV=production latchkey config check

${EXIT_CODES}`,

  doctor: `Usage: latchkey doctor [--json]

Looks at what an installation depends on: settings, database, migrations, indexes, the SMTP server (a handshake, no mail), the clock,
the signing keys, trust in proxies, the cost of password hashes. Each line is ok, warn or fail, and says what to do. Changes nothing.
Exit code 1 if anything fails; warnings alone are 0.

  latchkey doctor --json | jq '.checks[] | select(.state != "ok")'

${EXIT_CODES}`,

  seed: `Usage: latchkey seed N [--json]

Adds N invented accounts, for trying things and measuring; never in production. All have one password, made up and shown once. Their
addresses are in example.com and their numbers are nobody's.

  latchkey seed 100000

${EXIT_CODES}`,

  users: `Usage: latchkey users import FILE [--dry-run] [--on-duplicate skip|fail] [--report FILE] [--format ndjson|csv] [--json]
       latchkey users export FILE [--format ndjson|csv] [--json]

import  Takes accounts from a file: one JSON object a line (.ndjson), or comma-separated values below a line of names (.csv). Ids, numbers,
        roles, verified states and password hashes are kept; no mail is sent. What cannot be taken is left out and reported with its line.
        A thousand records are one transaction. Broken off at any moment, the same command goes on where it was.
        --dry-run       change nothing, and say what would become of every record
        --on-duplicate  skip (default) leaves out records of which somebody has the id, number, username, address or mobile;
                        fail stops there
        --report FILE   append every problem to FILE, one JSON object a line: line, kind, field, rule, detail
export  Writes all accounts, with their password hashes, into a new file that only you can read; - is standard output.

  latchkey users import users.ndjson --dry-run --report problems.ndjson
  latchkey users import users.ndjson
  latchkey users export - --format ndjson | age -r age1… > users.ndjson.age

Fields of a record, all but one identifier optional: id (UUID), number, username, email, emailVerifiedAt, recoveryEmail, mobile,
mobileVerifiedAt, firstName, lastName, gender, locale, metadata, avatar, roles, passwordHash, passwordLockedAt, activatedAt, disabledAt,
disabledReason, createdAt, updatedAt, version, lastSignInAt. Times are such as 2024-05-31T12:00:00Z, or true where only the fact is known.
How a table of another system becomes such a file: docs/moving-over.md.

${EXIT_CODES}`,
} as const;
