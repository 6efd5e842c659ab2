/** Help text of `latchkey webhooks`. */
export const WEBHOOKS_USAGE = `Usage: latchkey webhooks list [--json]
       latchkey webhooks create --url URL [--types TYPES] [--description TEXT] [--json]
       latchkey webhooks ping ID [--json]
       latchkey webhooks listen [--forward URL] [--types TYPES] [--json]

list    Lists the webhooks, and which of them fail.
create  Registers a webhook and prints its secret, once.
ping    Has a running server send an event to one webhook alone.
listen  Prints the events of running servers until you end it with Ctrl+C, and forwards each once to URL, which may be on this machine: for
        development; refused in production. It prints the secret with which it signs, which stays the same.

TYPES are names of events, groups such as account.*, or * for all, separated by commas. Without it: all.

  latchkey webhooks listen --forward http://localhost:4000/hooks
  latchkey webhooks create --url https://app.example.com/hooks --types account.*,session.ended`;
