// Everything that is measured, in one run.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { installedBytes, measureStart } from './costs.mjs';
import { measureOverload } from './overload.mjs';
import { startPostgres } from './postgres.mjs';
import { measure } from './rounds.mjs';
import { startServer } from './server-process.mjs';
import { measureSignOut } from './sign-out.mjs';
import { prepareBetterAuth } from './subjects/better-auth.mjs';
import { prepareFloors } from './subjects/floors.mjs';
import { prepareLatchkey } from './subjects/latchkey.mjs';
import { prepareParseServer } from './subjects/parse-server.mjs';
import { works } from './works.mjs';

const QUICK = {
  rounds: 3,
  hashing: { warmUpSeconds: 0.5, seconds: 1 },
  cheap: { warmUpSeconds: 1.5, seconds: 0.8, awake: true },
  signOuts: 20,
  overloadSeconds: 4,
  starts: 1,
};
const WHOLE = {
  rounds: 9,
  hashing: { warmUpSeconds: 2, seconds: 3 },
  cheap: { warmUpSeconds: 5, seconds: 2, awake: true },
  signOuts: 100,
  overloadSeconds: 15,
  starts: 5,
};

const root = fileURLToPath(new URL('../..', import.meta.url));
const SMTP_SINK = fileURLToPath(new URL('servers/smtp-sink.mjs', import.meta.url));

/** @returns { machine, postgres, works, signOut, overload, costs }; what `only` leaves out is undefined */
export async function bench({ quick, only }) {
  const plan = quick ? QUICK : WHOLE;
  const stops = [];
  const keep = (started) => {
    stops.push(() => started.stop());
    return started;
  };
  try {
    say('starting PostgreSQL and every server, with 100,000 accounts each');
    const postgres = keep(await startPostgres());
    const port = await freePort();
    const sink = keep(await startServer(SMTP_SINK, { env: { PORT: String(port) }, origin: '' }));
    const context = { postgres, freePort, smtpUrl: `smtp://127.0.0.1:${port}` };
    const latchkey = keep(await prepareLatchkey(context));
    const betterAuth = {
      defaults: keep(await prepareBetterAuth(context, 'defaults', 2)),
      argon2id: keep(await prepareBetterAuth(context, 'argon2id')),
      cookieCache: keep(await prepareBetterAuth(context, 'cookie-cache')),
      refresh: keep(await prepareBetterAuth(context, 'refresh')),
    };
    const parseServer = keep(await prepareParseServer(context));
    const floors = keep(await prepareFloors(context));
    const results = { machine: machine(), postgres: await postgres.settings(), quick };

    const chosen = works({ latchkey, betterAuth, parseServer, floors, mailsArrived: () => mailsArrived(sink) });
    const wanted = (id) => only === undefined || only === id;
    results.works = {};
    for (const { id, title, cheap, entrants } of chosen.filter((work) => wanted(work.id))) {
      say(`${id} ${title}`);
      results.works[id] = {
        title,
        entrants: await measure(await entrants(), { rounds: plan.rounds, ...(cheap ? plan.cheap : plan.hashing) }, postgres),
      };
      await mailsArrived(sink);
    }
    if (wanted('W6')) {
      say('W6 how long a token works after sign-out');
      results.signOut = [];
      for (const subject of [latchkey, betterAuth.defaults, betterAuth.cookieCache, parseServer])
        results.signOut.push(await measureSignOut(subject, plan.signOuts));
    }
    const subjects = [latchkey, betterAuth.defaults, parseServer];
    if (wanted('R9')) {
      say('R9 "who am I" while 64 sign-ins are in flight');
      results.overload = await measureOverload(latchkey, plan.overloadSeconds);
    }
    if (wanted('cost')) {
      say('start, memory, install');
      const installs = [
        await installedBytes(root, ':root > .prod, :root > .prod *'),
        await installedBytes(`${root}/bench`, '#better-auth, #better-auth *, #pg, #pg *'),
        await installedBytes(`${root}/bench`, '#parse-server, #parse-server *'),
      ];
      results.costs = [];
      for (const [i, subject] of subjects.entries()) {
        const { rss } = await subject.server.usage();
        results.costs.push({
          label: subject.name,
          start: await measureStart(subject, plan.starts),
          rssAfterLoad: rss,
          installed: installs[i],
        });
      }
    }
    return results;
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

/** Waits until no more mails come in: the server sends them in the background, and its work is not done before. */
async function mailsArrived(sink) {
  let { received } = await sink.ask('received', 'received');
  for (;;) {
    await wait(300);
    const { received: now } = await sink.ask('received', 'received');
    if (now === received) return;
    received = now;
  }
}

function machine() {
  return {
    node: process.version,
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? '',
    memory: totalmem(),
    system: `${process.platform} ${process.arch}`,
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function say(line) {
  console.error(`· ${line}`);
}
