// Fills the disk of the pictures: does an upload say so, does the old picture stay, and does everything else go on?
//
//   npm run build && node bench/reliability/disk-full.mjs [folder]
//
// Needs root, to mount a small file system; without it name an empty `folder` on one of at most 16 MiB.
// PASS: with the disk full every upload is answered 507 within 2 s, the picture from before is served unchanged, no part of a file is left
// behind, sign-ins and reads of the account work; with room again, an upload works. Takes about 20 s.
import { execFileSync } from 'node:child_process';
import { mkdir, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { PASSWORD, call, run, signedIn, spread } from './stage.mjs';

const UPLOADS = 50;
const LIMIT_MS = 2_000;
const MAX_DISK = 16 * 2 ** 20;

async function smallDisk(stage) {
  const given = process.argv[2];
  if (given !== undefined) return given;
  const folder = join(stage.folder, 'pictures');
  await mkdir(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]);
  stage.onClose(() => execFileSync('umount', [folder]));
  return folder;
}

/** A picture that hardly compresses. */
function picture(seed) {
  const edge = 512;
  const raw = Buffer.alloc(edge * edge * 3);
  let x = seed;
  for (let i = 0; i < raw.length; i += 1) raw[i] = (x = (x * 1_103_515_245 + 12_345) % 2_147_483_648) >> 16;
  return sharp(raw, { raw: { width: edge, height: edge, channels: 3 } })
    .jpeg({ quality: 95 })
    .toBuffer();
}

await run('R12: disk full', 120, async (stage) => {
  const folder = await smallDisk(stage);
  const { blocks, bsize } = await statfs(folder);
  if (blocks * bsize > MAX_DISK) throw new Error(`${folder} is on a disk of ${blocks * bsize} bytes: this script would fill it`);
  const node = await stage.node(await stage.createDatabase(), { STORAGE_URL: `file:${folder}` });
  const user = await signedIn(node.port);
  const upload = async (seed) => {
    const form = new FormData();
    form.set('file', new Blob([await picture(seed)], { type: 'image/jpeg' }), 'me.jpg');
    const startedAt = performance.now();
    const answer = await fetch(`http://127.0.0.1:${node.port}/v1/users/me/avatar`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${user.accessToken}` },
      body: form,
    });
    const text = await answer.text();
    return { status: answer.status, ms: performance.now() - startedAt, code: text === '' ? undefined : JSON.parse(text).code };
  };
  const me = () => call(node.port, 'GET', '/v1/users/me', { token: user.accessToken });
  const served = async () => {
    const { pathname } = new URL(Object.values((await me()).body.avatar)[0]);
    const answer = await fetch(`http://127.0.0.1:${node.port}${pathname}`);
    return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
  };
  const files = async () => (await readdir(folder, { recursive: true })).toSorted().join();

  stage.check('a picture is stored', (await upload(1)).status < 300);
  const before = await served();
  const ballast = join(folder, 'ballast');
  // To the last byte.
  await writeFile(ballast, Buffer.alloc(MAX_DISK)).catch(() => {});
  const listed = await files();

  const answers = [];
  for (let i = 0; i < UPLOADS; i += 1) answers.push(await upload(i + 2));
  const statuses = [...new Set(answers.map(({ status, code }) => `${status} ${code}`))].join(', ');
  const slowest = Math.max(...answers.map(({ ms }) => ms));
  stage.check(
    `disk full: ${UPLOADS} uploads are answered 507 within ${LIMIT_MS / 1_000} s`,
    answers.every(({ status }) => status === 507) && slowest <= LIMIT_MS,
    `${statuses}; ${spread(answers.map(({ ms }) => ms))}`,
  );
  const after = await served();
  stage.check(
    'the picture from before is served unchanged',
    after.status === 200 && after.bytes.equals(before.bytes),
    `${after.bytes.length} bytes`,
  );
  stage.check('no part of a file is left behind', (await files()) === listed);
  const login = await call(node.port, 'POST', '/v1/auth/login', { body: { identifier: user.email, password: PASSWORD } });
  stage.check(
    'sign-in and the account work',
    login.status === 200 && (await me()).status === 200,
    `${login.status} after ${login.ms.toFixed(0)} ms`,
  );
  await rm(ballast);
  stage.check('with room again, an upload works', (await upload(99)).status < 300);
});
