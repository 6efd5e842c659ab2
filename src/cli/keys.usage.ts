/** Help text of `latchkey keys`. */
export const KEYS_USAGE = `Usage: latchkey keys list
       latchkey keys rotate [--now | --compromised [--lost-secret]]
       latchkey keys retire KID

list      List every signing key with its role.
rotate    Start to sign with the next key; tokens of the current one stay valid until they expire.
          --now          even if the next key was published only minutes ago
          --compromised  withdraw all keys, including the next one: servers refuse every earlier access token
          --lost-secret  APP_SECRET has been lost and replaced: restart the servers with the new one
retire    Withdraw one key: servers refuse its tokens from now on. If it is the signing key, the next one takes over.

Running servers apply the change at once.`;
