// Runs all measurements.
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '../free-port.mjs';
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
  // The JIT compiles cheap requests only after some thousand of them, so they need a longer warm-up than measurement.
  cheap: { warmUpSeconds: 2, seconds: 0.6, awake: true },
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

/**
 * Measures all workloads, or only the part named by `only`: W1 to W6, R9 or cost.
 * @param ends collects the functions that end what this run starts
 * @returns { date, machine, versions, postgres, quick, works, signOut, overload, costs }; parts that `only` leaves out are undefined
 */
export async function bench(ends, { quick, only }) {
  const plan = quick ? QUICK : WHOLE;
  const wanted = (id) => only === undefined || only === id;
  say('starting PostgreSQL and every server, with 100,000 accounts each');
  const postgres = await startPostgres(ends);
  const port = await freePort();
  const sink = await startServer(ends, SMTP_SINK, { env: { PORT: String(port) }, origin: '' });
  const context = { ends, postgres, freePort, smtpUrl: `smtp://127.0.0.1:${port}` };
  // Seeding Latchkey takes as long as seeding all others together, so running both at once keeps two cores busy.
  const [latchkey, { betterAuth, parseServer, floors, installs }] = await Promise.all([prepareLatchkey(context), prepareOthers(context)]);
  await postgres.checkpoint();

  const results = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: versions(),
    postgres: await postgres.settings(),
    quick,
    works: {},
  };
  const chosen = works({ latchkey, betterAuth, parseServer, floors, mailsArrived: () => mailsArrived(sink) });
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
  if (wanted('R9')) {
    say('R9 "who am I" while 64 sign-ins are in flight');
    results.overload = await measureOverload(latchkey, plan.overloadSeconds);
  }
  if (wanted('cost')) {
    say('start and memory');
    results.costs = [];
    for (const [i, subject] of [latchkey, betterAuth.defaults, parseServer].entries()) {
      // Undefined if the workloads did not run, because then there was no load.
      const rssAfterLoad = only === undefined ? (await subject.server.usage()).rss : undefined;
      results.costs.push({ label: subject.name, start: await measureStart(subject, plan.starts), rssAfterLoad, installed: installs[i] });
    }
  }
  return results;
}

/** Prepares everything but Latchkey, one product after the other, and measures the disk space of the installs. */
async function prepareOthers(context) {
  const betterAuth = {
    defaults: await prepareBetterAuth(context, 'defaults', 2),
    argon2id: await prepareBetterAuth(context, 'argon2id'),
    cookieCache: await prepareBetterAuth(context, 'cookie-cache'),
    refresh: await prepareBetterAuth(context, 'refresh'),
  };
  const parseServer = await prepareParseServer(context);
  const floors = await prepareFloors(context);
  const installs = [
    await installedBytes(root, ':root > .prod:not(.workspace), :root > .prod:not(.workspace) *'),
    await installedBytes(join(root, 'bench'), '#better-auth, #better-auth *, #pg, #pg *'),
    await installedBytes(join(root, 'bench'), '#parse-server, #parse-server *'),
  ];
  return { betterAuth, parseServer, floors, installs };
}

/** Waits until no more mails arrive: the server sends mails in the background, and its work is done only after the last one. */
async function mailsArrived(sink) {
  let { received } = await sink.ask('received', 'received');
  for (;;) {
    await wait(300);
    const { received: now } = await sink.ask('received', 'received');
    if (now === received) return;
    received = now;
  }
}

/** Installed versions of what is measured. */
function versions() {
  const versionOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).version;
  const peers = ['better-auth', 'parse-server', 'fastify', 'pg', '@node-rs/argon2'];
  return { Latchkey: versionOf('.'), ...Object.fromEntries(peers.map((name) => [name, versionOf(`bench/node_modules/${name}`)])) };
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

function say(line) {
  console.error(`· ${(performance.now() / 1_000).toFixed(0).padStart(3)} s  ${line}`);
}
