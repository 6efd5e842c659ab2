// R1, R2, R5: servers, the postmaster and single backends are killed at random while accounts sign up, write and sign out.
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { Cluster } from '../cluster.mjs';
import { listen } from '../smtp.mjs';
import { inParallel, play, until } from '../stage.mjs';
import { Load } from './load.mjs';
import { Reader } from './reader.mjs';

/** Registrations whose mails are on their way when the postmaster dies. */
const MAIL_BURST = 12;
/** Mails that the servers are sending at that moment, and how long the database then stays away, so that they cannot store it, ms. */
const UNDER_WAY = 4;
const AWAY_MS = 1_000;
const MAX_STORING_MS = 50;

/** Most acknowledged writes between two kills. */
const MAX_WRITES_BETWEEN = 25;

/** What is killed, and how. */
const KILLS = {
  /** `kill -9` of a server, which a supervisor starts again. */
  async app({ nodes }) {
    const node = nodes[randomInt(nodes.length)];
    await node.end('SIGKILL');
    await supervise(node);
  },
  /** `kill -9` of the postmaster, which is started again. */
  async postmaster({ cluster }) {
    await cluster.kill();
    await cluster.start();
  },
  /** `kill -9` of a backend: PostgreSQL ends all others too, and recovers. */
  async backend({ load }) {
    await load.untilDone(`SELECT pg_backend_pid()`);
    const { rows } = await load.untilDone(BACKENDS);
    const victim = rows[randomInt(Math.max(rows.length, 1))];
    if (victim !== undefined) process.kill(victim.pid, 'SIGKILL');
  },
  /** The end of single connections by an administrator. */
  async connection({ load }) {
    await load.untilDone(`SELECT pg_terminate_backend(pid) FROM (${BACKENDS}) AS backends WHERE random() < 0.5`);
  },
};

/** Starts a server again and again, as a supervisor does: it ends at once while PostgreSQL is still recovering. */
async function supervise(node) {
  await until('a server that stays', 180, async () => {
    try {
      return await node.start(true);
    } catch (error) {
      if (!node.gone || node.isAbandoned) throw error;
      return undefined;
    }
  });
}

const BACKENDS = `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'latchkey%'`;

/**
 * @param kills how many
 * @param mailCrashes how often the postmaster dies afterwards, while mails are sent
 * @param meanwhile runs while the last mails are awaited
 * @returns whether a promise was broken
 */
export async function playKills(kills, mailCrashes, meanwhile) {
  let cluster;
  /** What runs meanwhile: whether it failed. */
  let underWay = Promise.resolve(false);
  const launch = async (folder, stage) => {
    cluster = await Cluster.create(stage, `${folder}-primary`);
    return { url: cluster.url, dataDir: cluster.folder, stop: () => cluster.remove() };
  };
  const failed = await play(
    `R1, R2, R5: ${kills} kills`,
    600 + kills * 60,
    async (stage) => {
      const database = await stage.createDatabase();
      const gate = new Gate();
      const smtp = await listen(stage, { onMessage: () => gate.pass() });
      const env = { SMTP_URL: smtp.url, DATABASE_POOL_SIZE: '10' };
      const nodes = [await stage.node(database, env), await stage.node(database, { ...env, MIGRATE_ON_START: 'false' })];
      const load = new Load(stage, nodes, database, smtp);
      load.start();
      const kinds = Object.keys(KILLS);
      const done = Object.fromEntries(kinds.map((kind) => [kind, 0]));
      for (let i = 0; i < kills; i += 1) {
        await load.progress(randomInt(1, MAX_WRITES_BETWEEN));
        const kind = kinds[i < kinds.length ? i : randomInt(kinds.length)];
        await KILLS[kind]({ nodes, cluster, load });
        done[kind] += 1;
        if (kills > 20 && i % 20 === 19) console.log(`      ${i + 1} kills, ${load.writes} acknowledged writes`);
      }
      await load.progress(1);
      for (let i = 0; i < mailCrashes; i += 1) await crashWhileMailing({ cluster, load, gate });
      await load.stop();
      console.log(`      ${JSON.stringify(done)}, then ${mailCrashes} of the postmaster while mails are sent`);
      await load.verify();
      stage.refuseWhenClosed();
      await (underWay = meanwhile());
      await load.verifyMails();
      await stopNodes(stage, nodes);
    },
    { launch },
  );
  // Also after an interruption: it stops what it has started.
  const failedMeanwhile = await underWay;
  return failed || failedMeanwhile;
}

/** Holds the acknowledgement of mails back. */
class Gate {
  waiting = 0;

  close() {
    this.waiting = 0;
    this.opened = new Promise((resolve) => (this.open = resolve));
  }

  pass() {
    this.waiting += 1;
    return this.opened;
  }
}

/** PostgreSQL dies while mails are handed over, before or while the servers store that they are sent. */
async function crashWhileMailing({ cluster, load, gate }) {
  gate.close();
  await inParallel(MAIL_BURST, MAIL_BURST, async () => {
    const reader = new Reader(load.caller);
    load.readers.push(reader);
    await reader.register();
  });
  await until('mails under way', 120, () => (gate.waiting >= UNDER_WAY ? true : undefined));
  if (randomInt(2) === 0) {
    await cluster.kill();
    gate.open();
  } else {
    // While the servers store it: at random points of that.
    gate.open();
    await wait(randomInt(MAX_STORING_MS));
    await cluster.kill();
  }
  await wait(AWAY_MS);
  await cluster.start();
}

/** Every server has to end by itself, whatever it went through. */
export async function stopNodes(stage, nodes) {
  const statuses = await Promise.all(nodes.map((node) => node.end('SIGTERM')));
  stage.check(
    'all servers end by themselves after SIGTERM, with status 0',
    statuses.every((status) => status === 0),
    statuses.join(', '),
  );
}
