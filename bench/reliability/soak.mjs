// Half an hour of everyday use: do memory, connections and tables stay as they should?
//
//   npm run build && node bench/reliability/soak.mjs --plot docs/soak.svg
//   node bench/reliability/soak.mjs --minutes 1 --accounts 2000          # a try; too short to judge memory
//
// Options: --minutes 30, --rate 50 (requests a second), --accounts 100000, --plot FILE (draws the samples), --samples FILE (writes them).
// A server with production's settings, rate limits included, on a PostgreSQL of its own with autovacuum. People with addresses of their own
// sign in, look, write, upload, sign up, reset passwords with the codes of their mails, and sign out. Every 10 s a sample is taken.
// PASS: every answer is the expected one; memory, heap, descriptors and connections of the last third are those of the middle third (within
// 5 or 10 %); no transaction stays open; what a table grows by for each row written does not rise; dead rows are vacuumed.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { run } from './stage.mjs';
import { listen } from './smtp.mjs';
import { Crowd } from './soak/crowd.mjs';
import { Latchkey } from './soak/latchkey.mjs';
import { plot } from './soak/plot.mjs';
import { Sampler } from './soak/sampler.mjs';
import { judge } from './soak/verdict.mjs';

/** For the start, the accounts and the end. */
const PREPARATION_SECONDS = 900;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    rate: { type: 'string', default: '50' },
    accounts: { type: 'string', default: '100000' },
    plot: { type: 'string' },
    samples: { type: 'string' },
  },
});
const [minutes, rate, accounts] = [values.minutes, values.rate, values.accounts].map(Number);

await run(`R14: ${minutes} min at ${rate} requests/s with ${accounts} accounts`, minutes * 60 + PREPARATION_SECONDS, async (stage) => {
  const database = await stage.createDatabase();
  const crowd = new Crowd();
  const smtp = await listen(stage, { onMessage: (message) => crowd.mails.deliver(message) });
  const latchkey = new Latchkey(stage, database, { SMTP_URL: smtp.url, METRICS_TOKEN: randomBytes(32).toString('base64url') });
  const { password, admin, seconds } = await latchkey.prepare(accounts);
  console.log(`      ${accounts} accounts added in ${seconds.toFixed(0)} s`);
  const node = await latchkey.start();
  await crowd.gather(node.port, await latchkey.people(), password, admin);
  const sampler = new Sampler(latchkey, crowd, await stage.client(database));
  await crowd.live(minutes * 60, rate, sampler);
  if (values.samples !== undefined) await writeFile(values.samples, JSON.stringify(sampler.samples));
  if (values.plot !== undefined) await writeFile(values.plot, plot(sampler.samples));
  judge(stage, sampler.samples, crowd, { minutes, rate });
});
