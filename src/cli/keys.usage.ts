/** Help text of `latchkey keys`. */
export const KEYS_USAGE = `Usage: latchkey keys list
       latchkey keys rotate [--now | --compromised [--lost-secret]]
       latchkey keys retire KID

list      Show every signing key and what it is for.
rotate    Start to sign with the next key; tokens of the present one stay valid until they expire.
          --now          although the next key was published only minutes ago
          --compromised  withdraw all keys, the next one too: every access token is refused from now on
          --lost-secret  and APP_SECRET is another one than before: servers must be restarted with it
retire    Withdraw one key: its tokens are refused from now on. If it is the one that signs, the next one takes over.

Running servers notice at once.`;
