import { KEYS_USAGE } from './keys.usage.js';
import { MAIL_USAGE } from './mail.usage.js';
import { WEBHOOKS_USAGE } from './webhooks.usage.js';

/** Last part of every command's help. */
const EXIT_CODES = `--json   print the result as JSON on standard output; all other messages go to standard error

Exit codes: 0 done, 1 failed, 2 wrong arguments or settings (nothing was done), 3 done, but some records were skipped.`;

/** Placeholder in the help of `users`; `helpOf` replaces it by the names of the fields. */
const FIELDS_OF_RECORDS = '{fields}';

/** Width of help texts, characters. */
const WIDTH = 140;

/** The help text of each command. */
const HELP = {
  migrate: `Usage: latchkey migrate [--json]

Runs the migrations of the database and prints the applied ones. Safe to run on several nodes at once, and to repeat at any time.

  DATABASE_URL=postgres://… latchkey migrate

${EXIT_CODES}`,

  healthcheck: `Usage: latchkey healthcheck [--json]

Checks whether the server on this machine is ready. For a container's health check:

  HEALTHCHECK CMD ["node", "dist/cli.js", "healthcheck"]

${EXIT_CODES}`,

  keys: `${KEYS_USAGE}

${EXIT_CODES}`,

  webhooks: `${WEBHOOKS_USAGE}

${EXIT_CODES}`,

  mail: `${MAIL_USAGE}

${EXIT_CODES}`,

  secret: `Usage: latchkey secret FILE [--json]

Writes a random secret to FILE, for APP_SECRET_FILE. Only the owner can read the file. Keeps an existing file.

  latchkey secret /run/secrets/app-secret

${EXIT_CODES}`,

  admin: `Usage: latchkey admin create [--username NAME] [--email ADDRESS] [--password-file FILE] [--json]
       latchkey admin unlock --user IDENTIFIER [--json]
       latchkey admin reset-link --user IDENTIFIER [--json]
       latchkey admin invite --email ADDRESS [--role ROLE] [--json]

create      Creates an administrator who can sign in at once. Without --password-file the command generates a password and shows it once; with
            it, the first line of FILE is the password (- is standard input). The address counts as verified. The command sends no mail.
unlock      Forgets the wrong passwords that were tried on an account, and lifts the lock after 100 of them in a row: its password works again.
            Refused for a password that a forced reset has ended.
reset-link  Prints a link where the owner of an account can choose a new password, once, within 30 minutes. The command sends no mail: hand
            the link over yourself, to the owner alone. Also for an account without an address. Whoever has the link has the account.
invite      Prints a link where the owner of ADDRESS gets an account, once, within 7 days. ROLE is user or librarian. The command sends no
            mail: hand the link over yourself, to the owner alone, because accepting proves the address.

IDENTIFIER is an e-mail address, a username, a mobile number or an id. The audit log keeps each use.

  latchkey admin create --username root --email ops@example.com
  pass show latchkey/root | latchkey admin create --username root --password-file -
  latchkey admin reset-link --user root

${EXIT_CODES}`,

  config: `Usage: latchkey config check [--json]
       latchkey config print [--json]
       latchkey config dkim [--json]

check   Lists every wrong setting, before you start a server with them.
print   Prints every setting as the server reads it; * marks those that are set. Never prints secrets, only whether they are set.
dkim    Prints the DNS record of DKIM_KEY, with which receivers check the signatures of mails. 'latchkey doctor' looks whether it is published.

  NODE_ENV=production latchkey config check

${EXIT_CODES}`,

  doctor: `Usage: latchkey doctor [--json]

Checks everything that an installation depends on: settings, database, migrations, indexes, the SMTP server (a handshake, no mail), the clock,
the signing keys, trust in proxies, the cost of password hashes. Each line is ok, warn or fail, with advice. Changes nothing.
The exit code is 1 if a check fails; warnings alone give 0.

  latchkey doctor --json | jq '.checks[] | select(.state != "ok")'

${EXIT_CODES}`,

  seed: `Usage: latchkey seed N [--json]

Adds N invented accounts for tests and measurements; refused in production. All have the same generated password, which is shown once.
Their addresses are in example.com, and their numbers belong to nobody.

  latchkey seed 100000

${EXIT_CODES}`,

  users: `Usage: latchkey users import FILE [--factors-key FILE] [--dry-run] [--on-duplicate skip|fail] [--report FILE]
                             [--format ndjson|csv] [--raw] [--json]
       latchkey users import --from PEER FILE [--dry-run] [--on-duplicate skip|fail] [--report FILE] [--keep NAME,…] [--json]
       latchkey users export FILE [--factors-key FILE] [--format ndjson|csv] [--raw] [--json]
       latchkey users factors reset IDENTIFIER --reason TEXT [--json]

import  Imports accounts from a file: one JSON object a line (.ndjson), or comma-separated values with a header line (.csv). Keeps ids, numbers,
        roles, verified states and password hashes; sends no mail. Skips records that cannot be imported, and reports each with its line.
        Commits a thousand records at a time. If it is interrupted, run the same command again; it continues.
        --dry-run       change nothing, and report the result for every record
        --on-duplicate  skip (default) skips a record if another account has its id, number, username, address or mobile number;
                        fail stops there
        --report FILE   append every problem to FILE, one JSON object a line: line, kind, field, rule, detail
        --factors-key   the file with the key of the export, which opens authenticator apps, passkeys and recovery codes; without it they
                        are left out and counted
        --from PEER     read the export of firebase, auth0, keycloak, supabase, cognito, django, wordpress or better-auth as that system
                        writes it, JSON or CSV, and name by kind and count what is left out or changed
          firebase      --hash-key KEY --salt-separator TEXT --rounds N --mem-cost N, as the console shows them
          auth0         --password-hashes FILE, which Auth0's support hands out
          keycloak      --rp-id DOMAIN, the one of its passkeys, which are left out without it
          supabase      --mfa-factors FILE, its table auth.mfa_factors, with the secrets of authenticator apps;
                        --identities FILE, its table auth.identities, with the ids of users at Google and others
          better-auth   --accounts FILE, its table account
        --provider NAME=SLUG
                        the provider here for the peer's name of it, where several fit or it is one of your own: --provider oidc.acme=acme
        --keep NAME,…   store these fields of the peer in metadata, which the owner of an account can edit
export  Writes all accounts, with their password hashes, into a new file that only you can read; - is standard output. In CSV, a value that a
        spreadsheet would take for a formula gets an apostrophe in front, which import takes away again.
        --factors-key   also write authenticator apps, passkeys and recovery codes, sealed under the key in this file (latchkey secret FILE
                        makes one); the import needs the same. Passkeys work on the same domain only, recovery codes under the same APP_SECRET
        --raw           write and read the values of a CSV file exactly as they are: for programs, never for a spreadsheet
factors reset
        Removes all authenticator apps, passkeys and recovery codes of an account whose owner has lost them, ends its sessions and mails the
        owner; the next sign-in demands a new one where the account required one. Also for the only administrator. IDENTIFIER is an e-mail
        address, a username, a mobile number or an id; the reason goes on record. Make sure first that it is the owner who asks.

  latchkey users factors reset ada@example.com --reason 'Lost her phone, came in person'
  latchkey users import users.ndjson --dry-run --report problems.ndjson
  latchkey users import users.ndjson
  latchkey users import --from django auth_user.json --dry-run
  latchkey users export - --format ndjson | age -r age1… > users.ndjson.age
  latchkey secret factors.key && latchkey users export users.ndjson --factors-key factors.key

Fields of a record, all but one identifier optional:
${FIELDS_OF_RECORDS}
identities, the accounts at providers; and authenticators: sealed by an export, or as docs/moving-over.md shows.
The id is a UUID. Times look like 2024-05-31T12:00:00Z, or true if only the fact is known.
docs/moving-over.md shows how to export the accounts of other systems.

${EXIT_CODES}`,
} as const;

export type CommandName = keyof typeof HELP;

/** The help text of a command. Only the help of `users` loads the fields of accounts: a health check runs every few seconds. */
export async function helpOf(name: CommandName): Promise<string> {
  if (name !== 'users') return HELP[name];
  const { RECORD_FIELDS } = await import('../users/transfer/account-record.js');
  return HELP.users.replace(FIELDS_OF_RECORDS, toLines(RECORD_FIELDS).join('\n'));
}

/** Names, with commas between them, in lines that are no longer than `WIDTH`. */
function toLines(names: readonly string[]): string[] {
  const lines = [''];
  for (const [index, name] of names.entries()) {
    const item = index === names.length - 1 ? `${name}.` : `${name},`;
    const line = `${lines.at(-1)} ${item}`.trimStart();
    if (line.length > WIDTH) lines.push(item);
    else lines[lines.length - 1] = line;
  }
  return lines;
}
