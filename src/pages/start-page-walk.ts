/** One step of the walk: an explanation and a command for a terminal. */
export interface WalkStep {
  title: string;
  note: string;
  command: string;
}

const EMAIL = 'ada@example.com';
const PASSWORD = 'four bright birds sing';
/** The answers have no line break at their end; without this one the prompt of the terminal would follow on the same line. */
const LINE_BREAK = "-w '\\n'";
const JSON_HEADER = "\\\n  -H 'content-type: application/json'";
const BEARER = '\\\n  -H "authorization: Bearer $TOKEN"';

/**
 * A walk with curl from registration to a revoked token; the steps run one after the other in one terminal.
 * @param url `PUBLIC_URL`
 * @param hasMailbox whether a program can read the code from the development mailbox
 */
export function walkThrough(url: string, hasMailbox: boolean): WalkStep[] {
  return [
    {
      title: 'Register',
      note: hasMailbox
        ? `The server mails a code. If ${EMAIL} is taken from an earlier try, use another address here and in steps 2 to 4.`
        : `The server mails a code. Replace ${EMAIL} by your own address, here and in steps 3 and 4.`,
      command: `curl -s ${url}/v1/auth/register ${JSON_HEADER} ${LINE_BREAK} \\\n  -d '{"email":"${EMAIL}","password":"${PASSWORD}"}'`,
    },
    hasMailbox
      ? {
          title: 'Read the code',
          note: 'Programs can read the mailbox as well, for example your tests.',
          command:
            `until CODE=$(curl -s '${url}/dev/mail/messages?to=${EMAIL}' \\\n` +
            `  | grep -o '"code":"[0-9]*"' | head -1 | tr -dc 0-9) && [ -n "$CODE" ]\ndo sleep 0.2; done; echo $CODE`,
        }
      : { title: 'Read the code', note: 'The code has eight digits and is in the mail.', command: 'read CODE' },
    {
      title: 'Confirm the address',
      note: 'The mail also has a link, for people who read it on another device.',
      command: `curl -s ${url}/v1/auth/email/verification/confirm ${JSON_HEADER} ${LINE_BREAK} \\\n  -d '{"email":"${EMAIL}","code":"'$CODE'","password":"${PASSWORD}"}'`,
    },
    {
      title: 'Sign in',
      note: 'The answer has an access token, a refresh token and the account; this command keeps the access token.',
      command:
        `TOKEN=$(curl -s ${url}/v1/auth/login ${JSON_HEADER} \\\n` +
        `  -d '{"identifier":"${EMAIL}","password":"${PASSWORD}"}' \\\n` +
        `  | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/'); echo $TOKEN`,
    },
    {
      title: 'Who am I?',
      note: 'Your app sends its requests like this one.',
      command: `curl -s ${url}/v1/users/me ${BEARER} ${LINE_BREAK}`,
    },
    {
      title: 'Sign out',
      note: 'The first answer is the status 204, without a body. The token stops working at once: the second answer is token.revoked.',
      command:
        `curl -s -X POST ${url}/v1/auth/logout ${BEARER} -w '%{http_code}\\n'\n` + `curl -s ${url}/v1/users/me ${BEARER} ${LINE_BREAK}`,
    },
  ];
}
