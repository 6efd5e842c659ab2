import type { FastifyRequest } from 'fastify';
import type { SettingValues } from '../../common/declared.js';
import { OriginRefusedError } from '../../tokens/sessions/errors.js';

/**
 * Refuses a form that a page of another site has sent: the browser says so, in `Sec-Fetch-Site`, or in `Origin` where it does not know that.
 * Our pages send `Origin: null`, since they name no referrer.
 * @throws OriginRefusedError
 */
export function demandOwnPage({ headers }: Pick<FastifyRequest, 'headers'>, { PUBLIC_URL }: Pick<SettingValues, 'PUBLIC_URL'>): void {
  const { 'sec-fetch-site': site, origin } = headers;
  const isOwn = site === undefined ? origin === undefined || origin === new URL(String(PUBLIC_URL)).origin : site === 'same-origin';
  if (!isOwn) throw new OriginRefusedError('This form works only on the page of the link.');
}
