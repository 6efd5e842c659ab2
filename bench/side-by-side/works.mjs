// The workloads and their entrants. An entrant is a subject in a role: its label, and the requests of its lanes.
import { call } from './load.mjs';

/** Number of connections for workloads that hash passwords: enough to keep every core busy. */
const HASHING_LANES = 8;
/** Number of connections for cheap requests. */
const LANES = 16;

/**
 * All workloads, in order. `entrants` is called when the workload begins, so it can sign in the accounts it needs.
 * @returns list of { id, title, cheap, entrants: () => list of { label, subject, lanes, next, onAnswer?, settle? } | { label, subject, run
 *   } }
 */
export function works({ latchkey, betterAuth, parseServer, floors, mailsArrived }) {
  const { defaults, argon2id, cookieCache, refresh } = betterAuth;
  const argon2 = { label: 'Argon2id alone', subject: floors, run: floors.verifyFor };
  const floor = (label, next) => ({ label, subject: floors, lanes: LANES, next });
  return [
    {
      id: 'W1',
      title: 'sign-up',
      cheap: false,
      entrants: async () => [
        { ...signUp(latchkey), settle: mailsArrived },
        ...[latchkey.queueing, defaults, argon2id, parseServer].map(signUp),
        argon2,
      ],
    },
    {
      id: 'W2',
      title: 'password sign-in',
      cheap: false,
      entrants: async () => [...(await oneByOne([latchkey, defaults, argon2id, parseServer], signIn)), argon2],
    },
    {
      id: 'W3',
      title: '"who am I" with a live token',
      cheap: true,
      entrants: async () => [
        ...(await oneByOne([latchkey, defaults, cookieCache, parseServer], (subject) => whoAmI(subject))),
        await whoAmI(latchkey, 'Latchkey, verify only', latchkey.verify),
        floor('Fastify', floors.static),
        floor('Fastify + SELECT', floors.select),
      ],
    },
    {
      id: 'W4',
      title: 'refresh',
      cheap: true,
      entrants: async () => [await renew(latchkey), await renew(refresh), floor('Fastify + commit', floors.commit)],
    },
    {
      id: 'W5',
      title: 'list users, 20 of 100,000',
      cheap: true,
      entrants: async () =>
        [latchkey, defaults, parseServer].flatMap((subject) => [
          { label: `${subject.name}, first page`, subject, lanes: LANES, next: subject.firstPage },
          { label: `${subject.name}, deep page`, subject, lanes: LANES, next: subject.deepPage },
        ]),
    },
  ];
}

function signUp(subject) {
  return { label: subject.name, subject, lanes: HASHING_LANES, next: () => subject.signUp(subject.newAccount()) };
}

async function signIn(subject) {
  const accounts = await inLanes(HASHING_LANES, () => register(subject));
  return { label: subject.name, subject, lanes: HASHING_LANES, next: (lane) => subject.signIn(accounts[lane]) };
}

async function whoAmI(subject, label = subject.name, next = subject.whoAmI) {
  const sessions = await inLanes(LANES, () => signedIn(subject));
  return { label, subject, lanes: LANES, next: (lane) => next(sessions[lane]) };
}

async function renew(subject) {
  const sessions = await inLanes(LANES, () => signedIn(subject));
  return {
    label: subject.name,
    subject,
    lanes: LANES,
    next: (lane) => subject.refresh(sessions[lane]),
    onAnswer: (lane, answer) => {
      sessions[lane] = subject.toSession(answer);
    },
  };
}

/** A new account. */
export async function register(subject) {
  const account = subject.newAccount();
  await call(subject.server.origin, subject.signUp(account));
  return account;
}

/** A session of a new account. */
export async function signedIn(subject) {
  return sessionOf(subject, await register(subject));
}

/** A new session of an account. */
export async function sessionOf(subject, account) {
  return subject.toSession(await call(subject.server.origin, subject.signIn(account)));
}

function inLanes(count, make) {
  return Promise.all(Array.from({ length: count }, make));
}

/** In sequence, so that preparing does not flood the subjects. */
async function oneByOne(subjects, make) {
  const made = [];
  for (const subject of subjects) made.push(await make(subject));
  return made;
}
