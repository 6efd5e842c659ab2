import type { UserView } from './generated/types.gen.js';
import { type ErrorCode, type Result, failed, ok, unexpected } from './result.js';
import type { Keeper } from './keeper.js';
import { soon } from './soon.js';

/** Keeps what is known of the account up to date with an answer that tells. @param signal ends the wait */
export async function noted<Code extends ErrorCode>(
  keeper: Pick<Keeper, 'updateUser'>,
  { data, error }: Result<UserView, Code>,
  signal?: AbortSignal,
): Promise<Result<{ user: UserView }, Code>> {
  if (error !== null) return failed(error);
  if (typeof data.id !== 'string') return failed(unexpected());
  await soon(keeper.updateUser(data), signal);
  return ok({ user: data });
}
