import { once } from 'node:events';
import { type Server, createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { Resolver } from 'node:dns/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressesInDns } from '../../../src/outbound/dns-names.js';
import { isGivenAddress } from '../../../src/outbound/given-address.js';
import { guardedRequest } from '../../../src/outbound/guarded-request.js';
import { isLocalName, isPublicAddress } from '../../../src/outbound/public-address.js';

const PRIVATE = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '192.0.0.8',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:169.254.169.254',
  '::7f00:1',
  '64:ff9b::7f00:1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::808:808',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  'localhost',
  '',
];
const PUBLIC = ['1.1.1.1', '8.8.8.8', '93.184.215.14', '::ffff:8.8.8.8', '64:ff9b::808:808', '2606:4700:4700::1111', '2a00:1450:4001::64'];

describe('public addresses', () => {
  it.each(PRIVATE)('%s is none', (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(PUBLIC)('%s is one', (address) => expect(isPublicAddress(address)).toBe(true));
});

describe('names of this machine or network', () => {
  it.each([
    'accounts.example.com',
    'localhost.example.com',
    'mylocalhost.com',
    'internal.example.com',
    'home.arpa.example.com',
    'xn--bcher-kva.example',
  ])('%s is none', (name) => expect(isLocalName(name)).toBe(false));
});

describe('addresses that somebody gives the server', () => {
  it.each(['https://example.com/hooks?a=b', 'https://example.com:8443', 'https://bücher.example/%20'])('%s is one', (url) =>
    expect(isGivenAddress(url, { OUTBOUND_ALLOW_PRIVATE: false })).toBe(true),
  );
  it.each([
    'https://example.com/\r\nX-Evil: 1',
    'https://exam\tple.com/',
    ' https://example.com/',
    'https://example.com\\@192.0.2.1/',
    'https://example.com/#part',
    `https://example.com/${'x'.repeat(2_000)}`,
  ])('%j is none: another one would be called than is shown', (url) =>
    expect(isGivenAddress(url, { OUTBOUND_ALLOW_PRIVATE: true })).toBe(false),
  );
});

describe('addresses of a name in DNS', () => {
  afterEach(() => void vi.restoreAllMocks());
  const none = Object.assign(new Error('queryAaaa ENODATA'), { code: 'ENODATA' });

  it('are those of both families, or of the one that it has', async () => {
    const [four, six] = [vi.spyOn(Resolver.prototype, 'resolve4'), vi.spyOn(Resolver.prototype, 'resolve6')];
    four.mockResolvedValue(['192.0.2.1'] as never);
    six.mockResolvedValue(['2001:db8::1'] as never);
    const both = [
      { address: '192.0.2.1', family: 4 },
      { address: '2001:db8::1', family: 6 },
    ];
    expect(await addressesInDns('app.example')).toEqual(both);
    six.mockRejectedValue(none);
    expect(await addressesInDns('app.example')).toEqual(both.slice(0, 1));
    six.mockResolvedValue(['2001:db8::1'] as never);
    four.mockRejectedValue(none);
    expect(await addressesInDns('app.example')).toEqual(both.slice(1));
    six.mockRejectedValue(none);
    await expect(addressesInDns('app.example')).rejects.toMatchObject({ code: 'ENODATA' });
  });
});

describe('guarded requests', () => {
  let server: Server;
  let origin: string;
  let reached = 0;
  const sockets = new Set<{ destroy(): void }>();

  beforeAll(async () => {
    server = createServer((request, response) => {
      reached += 1;
      if (request.url === '/redirect') response.writeHead(302, { location: '/secret' }).end();
      else if (request.url === '/long') response.end('x'.repeat(5_000));
      else if (request.url === '/nothing') response.writeHead(204).end();
      else if (request.url === '/broken') response.destroy();
      else if (request.url === '/drip') response.write('{');
      else if (request.url !== '/hang')
        response.setHeader('set-cookie', ['a=1', 'b=2']).end(`${request.method} ${String(request.headers['x-a'])}`);
    });
    server.on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const free = { allowsPrivate: true };
  const guarded = { allowsPrivate: false };

  it('answers like fetch where private addresses are allowed', async () => {
    const answer = await guardedRequest(`${origin}/`, { method: 'POST', headers: { 'x-a': 'b' }, body: 'c' }, free);
    expect([answer.status, await answer.text(), answer.headers.getSetCookie()]).toEqual([200, 'POST b', ['a=1', 'b=2']]);
    expect((await guardedRequest(`${origin}/nothing`, {}, free)).status).toBe(204);
  });

  it('does not follow a redirect', async () => {
    const answer = await guardedRequest(`${origin}/redirect`, {}, free);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/secret']);
  });

  it('stops at the limits of length and time', async () => {
    await expect(guardedRequest(`${origin}/long`, { maxBytes: 4_999 }, free)).rejects.toMatchObject({ reason: 'too-large' });
    await expect(guardedRequest(`${origin}/hang`, { timeoutMs: 50 }, free)).rejects.toMatchObject({ reason: 'timeout' });
    await expect(guardedRequest(`${origin}/drip`, { timeoutMs: 50 }, free)).rejects.toMatchObject({ reason: 'timeout' });
    await expect(guardedRequest(`${origin}/broken`, {}, free)).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(guardedRequest(`${origin}/hang`, { signal: AbortSignal.abort() }, free)).rejects.toMatchObject({ reason: 'unreachable' });
  });

  it.each([
    ['changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['changes the protocol to none', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['has a status that there is not', 'HTTP/1.1 999 No\r\ncontent-length: 0\r\n\r\n'],
    ['is no HTTP', '\0\0\0\0'],
  ])('ends when an answer %s', async (_, answer) => {
    const raw = createTcpServer((socket) => void socket.on('error', () => {}).once('data', () => socket.write(answer))).listen(
      0,
      '127.0.0.1',
    );
    await once(raw, 'listening');
    const { port } = raw.address() as AddressInfo;
    await expect(guardedRequest(`http://127.0.0.1:${port}/`, { timeoutMs: 5_000 }, free)).rejects.toMatchObject({ reason: 'unreachable' });
    raw.close();
  });

  it.each([
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'https://user:secret@example.com/',
    'https://127.0.0.1/',
    'https://0x7f.1/',
    'https://2130706433/',
    'https://017700000001/',
    'https://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'https://[::ffff:169.254.169.254]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[fd00:ec2::254]/',
    'https://localhost/',
    'https://LOCALHOST./',
    'https://app.localhost/',
    'https://postgres/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://nas.home.arpa/',
  ])('refuses %s without a connection', async (url) => {
    await expect(guardedRequest(url, {}, guarded)).rejects.toMatchObject({ reason: 'refused' });
  });

  it('refuses a name when it resolves to a private address, whatever it resolved to before', async () => {
    const { port } = new URL(origin);
    const answers = [
      [{ address: '127.0.0.1', family: 4 }],
      [
        { address: '93.184.215.14', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ],
    ];
    const before = reached;
    for (const addresses of answers) {
      const rules = { ...guarded, resolve: async () => addresses };
      await expect(guardedRequest(`https://rebound.example:${port}/`, {}, rules)).rejects.toMatchObject({ reason: 'refused' });
    }
    expect(reached).toBe(before);
  });

  it('connects to the address that was checked, not to another lookup of the name', async () => {
    const { port } = new URL(origin);
    let lookups = 0;
    const resolve = async () => {
      lookups += 1;
      return [{ address: '127.0.0.1', family: 4 }];
    };
    const answer = await guardedRequest(`http://nowhere.invalid:${port}/`, { headers: { 'x-a': 'b' } }, { ...free, resolve });
    expect([await answer.text(), lookups]).toEqual(['GET b', 1]);
  });

  it('tells names without an address', async () => {
    await expect(guardedRequest('https://nowhere.invalid/', {}, { ...guarded, resolve: async () => [] })).rejects.toMatchObject({
      reason: 'unreachable',
    });
  });
});
