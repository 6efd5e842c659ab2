import { type Ext, unfitExt } from '../claims/further-claims.js';
import type { HookName } from './hook-request.js';

/** What a hook decided. */
export type HookDecision = { allows: true; claims: Ext | undefined } | { allows: false; detail: string | null };

/** An answer that decides nothing. The message goes to the log: it repeats nothing of the answer. */
export class HookAnswerError extends Error {}

/** Longest sentence to a user, characters; the rest is cut off. */
export const MAX_DETAIL_CHARS = 200;

/** Control characters, and those that change the direction of text or show nothing (Unicode categories Cc, Cf, Zl, Zp). */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * Reads an answer: 200 with `{"decision": "allow"}` or `{"decision": "deny", "detail": "…"}`; that of `before_token` may have `claims`.
 * @throws HookAnswerError for everything else: what is not understood must not pass for a yes
 */
export async function readDecision(hook: HookName, answer: Response): Promise<HookDecision> {
  if (answer.status !== 200) throw new HookAnswerError(`its answer has the status ${answer.status}`);
  const { decision, detail, claims } = objectIn(await answer.text());
  if (decision === 'deny') return { allows: false, detail: typeof detail === 'string' ? sentenceIn(detail) : null };
  if (decision !== 'allow') throw new HookAnswerError('its decision is neither "allow" nor "deny"');
  if (hook !== 'before_token' || claims === undefined || claims === null) return { allows: true, claims: undefined };
  const unfit = unfitExt(claims);
  if (unfit !== null) throw new HookAnswerError(unfit);
  return { allows: true, claims: Object.keys(claims).length === 0 ? undefined : (claims as Ext) };
}

function objectIn(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = null;
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new HookAnswerError('its answer is no JSON object');
  return body as Record<string, unknown>;
}

/** Plain text on one line; null if nothing is left. */
function sentenceIn(text: string): string | null {
  const line = text.toWellFormed().replaceAll(UNSEEN, ' ').replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  const short =
    characters.length > MAX_DETAIL_CHARS
      ? `${characters
          .slice(0, MAX_DETAIL_CHARS - 1)
          .join('')
          .trimEnd()}…`
      : line;
  return short === '' ? null : short;
}
