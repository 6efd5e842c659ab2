// R2: the primary is killed and its replica promoted, under load, behind haproxy; at last a replica that lags.
import { randomInt } from 'node:crypto';
import { freePort } from '../../free-port.mjs';
import { Cluster } from '../cluster.mjs';
import { balance } from '../haproxy.mjs';
import { listen } from '../smtp.mjs';
import { play, until } from '../stage.mjs';
import { stopNodes } from './kills.mjs';
import { Load } from './load.mjs';
import { Reader } from './reader.mjs';

const MAX_WRITES_BETWEEN = 25;
const LAGGING_READERS = 6;

/** A primary with a synchronous replica, and haproxy, which leads clients to the primary. */
class Pair {
  generation = 0;

  constructor(stage, primary) {
    this.stage = stage;
    this.primary = primary;
  }

  /** Gives the primary a new replica and waits for it: from then on no acknowledged commit can be lost. */
  async addReplica() {
    this.generation += 1;
    this.replica = await this.primary.replicate(`${this.stage.folder}-${this.generation}`);
    this.ports ??= { toPrimary: await freePort(), toReplica: await freePort() };
    await this.stopBalancing?.();
    this.stopBalancing = await balance(this.stage, this.ports, [this.primary, this.replica]);
    await this.setSynchronous(true);
  }

  async setSynchronous(isSynchronous) {
    await this.alter(this.primary, 'synchronous_standby_names', isSynchronous ? '*' : '');
    if (!isSynchronous) return;
    await until('a synchronous replica', 120, async () => {
      const rows = await this.primary.ask(`SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'`);
      return rows.length > 0 ? true : undefined;
    });
  }

  /** The primary dies and is never seen again; the replica takes its place. */
  async failOver() {
    const former = this.primary;
    await former.kill();
    this.primary = this.replica;
    await this.primary.promote();
    // It has no replica yet: commits must not wait for one.
    await this.alter(this.primary, 'synchronous_standby_names', '');
    await former.remove();
  }

  /** Cuts the replica off, so that it keeps what it has. */
  async isolateReplica() {
    await this.setSynchronous(false);
    await this.alter(this.replica, 'primary_conninfo', 'host=127.0.0.1 port=1');
    await until('the replica to be cut off', 120, async () => {
      const rows = await this.primary.ask('SELECT 1 FROM pg_stat_replication');
      return rows.length === 0 ? true : undefined;
    });
  }

  async alter(cluster, name, value) {
    await cluster.ask(`ALTER SYSTEM SET ${name} = '${value}'`);
    await cluster.ask('SELECT pg_reload_conf()');
  }
}

/** @returns whether a promise was broken */
export async function playFailovers(failovers) {
  let pair;
  const launch = async (folder, stage) => {
    const primary = await Cluster.create(stage, `${folder}-0`);
    pair = new Pair(stage, primary);
    return { url: primary.url, dataDir: primary.folder, stop: () => primary.remove() };
  };
  return play(
    `R2: ${failovers} failovers with a synchronous replica, one with a replica that lags`,
    600 + failovers * 120,
    async (stage) => {
      const direct = new URL(await stage.createDatabase());
      await pair.addReplica();
      const database = new URL(direct);
      database.port = String(pair.ports.toPrimary);
      const smtp = await listen(stage);
      const env = { SMTP_URL: smtp.url, DATABASE_POOL_SIZE: '10' };
      const nodes = [await stage.node(database.href, env), await stage.node(database.href, { ...env, MIGRATE_ON_START: 'false' })];
      const load = new Load(stage, nodes, database.href, smtp);
      load.start();
      for (let i = 0; i < failovers; i += 1) {
        await load.progress(randomInt(1, MAX_WRITES_BETWEEN));
        await pair.failOver();
        await load.progress(1);
        await pair.addReplica();
      }
      await load.progress(MAX_WRITES_BETWEEN);
      await load.stop();
      await load.verify();
      await playLag(stage, pair, load);
      await load.verifyMails();
      await stopNodes(stage, nodes);
    },
    { launch },
  );
}

/** Tokens that are newer than the database must go on: it lost the exchanges, not the sessions. */
async function playLag(stage, pair, load) {
  const readers = Array.from({ length: LAGGING_READERS }, () => new Reader(load.caller));
  for (const reader of readers) {
    await reader.register();
    await reader.signIn();
  }
  await pair.isolateReplica();
  // Three exchanges that the replica never hears of.
  for (let i = 0; i < 3; i += 1) for (const reader of readers) await reader.refresh(0);
  await pair.failOver();
  for (const reader of readers) await reader.refresh(0);
  const complaints = readers.flatMap((reader) => reader.complaints);
  stage.check('tokens newer than the database end no session', complaints.length === 0, complaints.slice(0, 3).join('; '));
  const alarms = await load.rows(
    `SELECT subject_id FROM audit_events WHERE action = 'session.refresh_refused' AND details->>'reason' = 'reuse'
     UNION ALL SELECT user_id FROM sessions WHERE revoke_reason = 'reuse'`,
  );
  stage.check('and raise no alarm', alarms.length === 0, `${alarms.length} found`);
}
