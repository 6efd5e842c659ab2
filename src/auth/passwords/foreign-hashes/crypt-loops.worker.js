// Runs in threads of its own (`crypt-threads.ts`): thousands of digests one after the other, which node:crypto computes only where it is
// called. JavaScript, because a thread loads its file by name, from `dist` as from the sources.
import { hash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const digest = (algorithm, ...parts) => hash(algorithm, Buffer.concat(parts), 'buffer');

/** So many bytes of a text repeated. */
const stretched = (bytes, length) => Buffer.alloc(length, bytes);

/** The base64 of crypt(3) of up to three bytes, least significant first. */
function encodeGroup(bytes) {
  let bits = bytes.reduce((sum, byte, at) => sum + byte * 256 ** at, 0);
  let text = '';
  for (let rest = bytes.length * 8; rest > 0; rest -= 6) {
    text += ALPHABET[bits % 64];
    bits = Math.floor(bits / 64);
  }
  return text;
}

/** Encodes the bytes of a digest in an order of positions, in threes. */
function encode(bytes, order) {
  let text = '';
  for (let at = 0; at < order.length; at += 3) text += encodeGroup(order.slice(at, at + 3).map((position) => bytes[position]));
  return text;
}

/** The rounds of md5-crypt and sha-crypt: each digests password, salt and the last result in an order that depends on its number. */
function rounds(algorithm, count, password, salt, first) {
  let last = first;
  for (let round = 0; round < count; round += 1) {
    const parts = [round % 2 === 0 ? last : password];
    if (round % 3 !== 0) parts.push(salt);
    if (round % 7 !== 0) parts.push(password);
    parts.push(round % 2 === 0 ? password : last);
    last = digest(algorithm, ...parts);
  }
  return last;
}

/** Positions of md5-crypt. */
const MD5_ORDER = [12, 6, 0, 13, 7, 1, 14, 8, 2, 15, 9, 3, 5, 10, 4, 11];

function md5Crypt({ password, salt, magic }) {
  const inner = digest('md5', password, salt, password);
  const parts = [password, Buffer.from(magic), salt, stretched(inner, password.length)];
  // An oddity of the first implementation: a zero for each bit of the length that is set, else the first letter.
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits % 2 === 1 ? Buffer.alloc(1) : password.subarray(0, 1));
  return encode(rounds('md5', 1_000, password, salt, digest('md5', ...parts)), MD5_ORDER);
}

/** Positions of sha-crypt: threes that rotate, then what is left. */
function shaOrder(bytes) {
  const third = Math.floor(bytes / 3);
  const order = [];
  let group = [0, third, 2 * third];
  for (let at = 0; at < third; at += 1) {
    order.push(group[2], group[1], group[0]);
    group = bytes === 32 ? [group[2] + 1, group[0] + 1, group[1] + 1] : [group[1] + 1, group[2] + 1, group[0] + 1];
  }
  return bytes === 32 ? [...order, 30, 31] : [...order, 63];
}

function shaCrypt({ algorithm, password, salt, count }) {
  const inner = digest(algorithm, password, salt, password);
  const parts = [password, salt, stretched(inner, password.length)];
  for (let bits = password.length; bits > 0; bits >>= 1) parts.push(bits % 2 === 1 ? inner : password);
  const first = digest(algorithm, ...parts);
  const passwords = Array.from({ length: password.length }, () => password);
  const salts = Array.from({ length: 16 + first[0] }, () => salt);
  const passwordBytes = stretched(digest(algorithm, ...passwords), password.length);
  const saltBytes = stretched(digest(algorithm, ...salts), salt.length);
  return encode(rounds(algorithm, count, passwordBytes, saltBytes, first), shaOrder(first.length));
}

/** Positions of phpass. */
const PHPASS_ORDER = Array.from({ length: 16 }, (_, at) => at);

function phpass({ password, salt, count }) {
  let last = digest('md5', salt, password);
  for (let round = 0; round < count; round += 1) last = digest('md5', last, password);
  return encode(last, PHPASS_ORDER);
}

const LOOPS = { 'md5-crypt': md5Crypt, 'sha-crypt': shaCrypt, phpass };

parentPort.on('message', ({ loop, password, salt, ...rest }) => {
  parentPort.postMessage(LOOPS[loop]({ password: Buffer.from(password), salt: Buffer.from(salt), ...rest }));
});
