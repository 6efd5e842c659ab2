import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signedHeaders } from '../../../../src/outbound/webhook-signature.js';
import { type WebhookErrorReason, verifyWebhook } from '../../src/webhook.js';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes....').toString('base64')}`;
const OTHER = `whsec_${Buffer.from('another one of thirty-two bytes.').toString('base64')}`;
const BODY = JSON.stringify({ type: 'account.updated', timestamp: '2026-03-01T09:30:00.000Z', data: { accountId: 'ä', version: 2 } });
const NOW = 1_772_357_400_000;

const signed = (secrets: string[] = [SECRET], seconds = NOW / 1_000, body = BODY) => ({
  headers: signedHeaders('4711', seconds, body, secrets),
  body,
});
const failing = (reason: WebhookErrorReason) => expect.objectContaining({ name: 'WebhookError', status: 400, reason });

describe('verifyWebhook', () => {
  it('believes what the server signs, and what standardwebhooks signs', async () => {
    const event = JSON.parse(BODY) as object;
    await expect(verifyWebhook(signed(), SECRET, { now: NOW })).resolves.toEqual({ id: '4711', event });
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(NOW / 1_000),
      'webhook-signature': new Webhook(SECRET).sign('msg_1', new Date(NOW), BODY),
    };
    await expect(verifyWebhook({ headers: new Headers(headers), body: Buffer.from(BODY) }, SECRET, { now: NOW })).resolves.toEqual({
      id: 'msg_1',
      event,
    });
  });

  it('takes one of several secrets, and one of several signatures', async () => {
    await expect(verifyWebhook(signed([SECRET]), [OTHER, SECRET], { now: NOW })).resolves.toMatchObject({ id: '4711' });
    await expect(verifyWebhook(signed([OTHER, SECRET]), SECRET, { now: NOW })).resolves.toMatchObject({ id: '4711' });
    const { headers, body } = signed();
    const newer = { ...headers, 'webhook-signature': `v2,AAAA v1a,??? v1,!!! ${headers['webhook-signature']}` };
    await expect(verifyWebhook({ headers: newer, body }, SECRET, { now: NOW })).resolves.toMatchObject({ id: '4711' });
  });

  it('refuses another secret, and any change of id, time or body', async () => {
    await expect(verifyWebhook(signed(), OTHER, { now: NOW })).rejects.toEqual(failing('signature'));
    const { headers, body } = signed();
    const changes: object[] = [{ 'webhook-id': '4712' }, { 'webhook-timestamp': String(NOW / 1_000 + 1) }, { 'webhook-signature': 'v1,' }];
    for (const change of changes)
      await expect(verifyWebhook({ headers: { ...headers, ...change }, body }, SECRET, { now: NOW })).rejects.toEqual(failing('signature'));
    await expect(verifyWebhook({ headers, body: `${body} ` }, SECRET, { now: NOW })).rejects.toEqual(failing('signature'));
  });

  it('refuses what is more than five minutes from now', async () => {
    for (const seconds of [-299, 299])
      await expect(verifyWebhook(signed(undefined, NOW / 1_000 + seconds), SECRET, { now: NOW })).resolves.toBeDefined();
    for (const seconds of [-301, 301])
      await expect(verifyWebhook(signed(undefined, NOW / 1_000 + seconds), SECRET, { now: NOW })).rejects.toEqual(failing('too_old'));
    await expect(verifyWebhook(signed(undefined, NOW / 1_000 - 301), SECRET, { now: NOW, toleranceSeconds: 400 })).resolves.toBeDefined();
  });

  it('refuses what lacks a header, or is no event', async () => {
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature']) {
      const { headers, body } = signed();
      await expect(verifyWebhook({ headers: { ...headers, [name]: undefined }, body }, SECRET, { now: NOW })).rejects.toEqual(
        failing('malformed'),
      );
    }
    for (const body of ['', 'null', '[]', '{"type":1}', '{'])
      await expect(verifyWebhook(signed(undefined, undefined, body), SECRET, { now: NOW })).rejects.toEqual(failing('malformed'));
  });

  it('takes no empty secret, with which anybody could sign', async () => {
    for (const secret of ['', 'whsec_', 'whsec_***'])
      await expect(verifyWebhook(signed(), secret, { now: NOW })).rejects.toThrow(TypeError);
  });
});
