import { describe, expect, it } from 'vitest';
import { customerOf, networkOf, networkTiers } from '../../../src/throttling/client-network.js';

describe('networkOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:ffff:c000:0207', '192.0.2.7'],
    ['::ffff:0:7', '0.0.0.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:0:1:2:3', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:1::', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
  ])('counts %s under %s', (ip, network) => {
    expect(networkOf(ip)).toBe(network);
  });

  it.each(['', 'unknown', 'evil.example', '999.1.1.1', '1:2:3', '[::1]'])('returns %j unchanged', (ip) => {
    expect(networkOf(ip)).toBe(ip);
  });

  it('separates neighbouring networks', () => {
    const networks = ['2001:db8:1:2::1', '2001:db8:1:3::1', '2001:db8:1::1', '192.0.2.7', '192.0.2.8'].map(networkOf);
    expect(new Set(networks).size).toBe(networks.length);
  });
});

describe('customerOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:abcd::1', '2001:db8:1:ab00::/56'],
    ['2001:db8:1:abff:1::', '2001:db8:1:ab00::/56'],
    ['unknown', 'unknown'],
  ])('puts %s in %j', (ip, network) => {
    expect(customerOf(ip)).toBe(network);
  });
});

describe('networkTiers', () => {
  it.each([
    ['192.0.2.7', ['192.0.2.7']],
    ['::ffff:192.0.2.7', ['192.0.2.7']],
    ['unknown', ['unknown']],
    ['2001:db8:1:2::1', ['2001:db8:1::/48', '2001:db8:1:0000::/56', '2001:db8:1:2::/64']],
    ['2001:db8:1:abcd::1', ['2001:db8:1::/48', '2001:db8:1:ab00::/56', '2001:db8:1:abcd::/64']],
    ['2001:db8::1', ['2001:db8:0::/48', '2001:db8:0:0000::/56', '2001:db8:0:0::/64']],
  ])('puts %s in %j', (ip, networks) => {
    expect(networkTiers(ip)).toEqual(networks);
  });
});
