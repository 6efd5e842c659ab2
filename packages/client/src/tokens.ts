import type { RefreshedView } from './generated/types.gen.js';
import { type ErrorCode, type Result, failed, unexpected } from './result.js';

/**
 * An answer that has tokens. JSON of something else on the way must neither open a session nor take the place of one.
 * @param isCookie whether the refresh token is in a cookie, and not in the answer
 */
export function withTokens<T extends RefreshedView, Code extends ErrorCode>(
  answer: Result<T | null, Code>,
  isCookie = false,
): Result<T, Code> {
  const { data, error } = answer;
  if (error !== null) return failed(error);
  const isGood =
    typeof data?.accessToken === 'string' && Number.isFinite(data.expiresIn) && (isCookie || typeof data.refreshToken === 'string');
  return isGood ? { data, error: null } : failed(unexpected());
}
