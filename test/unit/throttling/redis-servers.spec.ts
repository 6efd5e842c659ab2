import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRedis } from '../../../src/throttling/redis-servers.js';

/** First byte of a TLS record with a handshake (RFC 8446 §5.1). */
const HANDSHAKE = 22;

describe('the first word to a server of Redis', () => {
  let server: Server;
  let hosts: string;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    hosts = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => server.close());

  async function firstByte(url: string): Promise<number | undefined> {
    const redis = openRedis(url);
    redis.on('error', () => {});
    try {
      const [socket] = (await once(server, 'connection')) as [Socket];
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return bytes[0];
    } finally {
      redis.disconnect();
    }
  }

  it.each([
    ['alone', ''],
    ['that is a Sentinel', '?sentinel=main&sentinel_password=secret'],
    ['of a cluster', '?cluster=true'],
  ])('%s is encrypted with rediss://, and not otherwise', async (_, parameters) => {
    expect(await firstByte(`rediss://user:secret@${hosts}${parameters}`)).toBe(HANDSHAKE);
    expect(await firstByte(`redis://user:secret@${hosts}${parameters}`)).toBe('*'.codePointAt(0));
  });
});
