// The storms: servers, the postmaster, backends and primaries die at random under a mixed load of writes. Is anything lost?
//
//   npm run build && npm run storm                          # 300 kills, 20 failovers: about an hour
//   npm run storm -- --kills 30 --failovers 3
//   npm run storm -- --quick                                # a few of each, in less than 2 min
//
// Needs Debian's packages postgresql and haproxy. Every acknowledged write is looked up afterwards, mails included, and the tables are
// searched for acts that were done by half. PASS: nothing is lost or half done, no answer is 500, no sign-up or change of a name that was
// answered with "nothing was done" was done, all mails arrive within 2 min of the end without a restart, and no session ends because of a
// failover.
import { parseArgs } from 'node:util';
import { playFailovers } from './storm/failovers.mjs';
import { playKills } from './storm/kills.mjs';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, kills: { type: 'string' }, failovers: { type: 'string' } },
});
const kills = Number(values.kills ?? (values.quick ? 4 : 300));
const failovers = Number(values.failovers ?? (values.quick ? 1 : 20));

const startedAt = performance.now();
// The failovers run while the last mails of the kills are on their way.
const failed = await playKills(kills, values.quick ? 2 : 4, () => playFailovers(failovers));
console.log(`${failed ? 'FAIL' : 'PASS'} after ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
process.exit(failed ? 1 : 0);
