import type { UserView } from './generated/types.gen.js';
import { type ErrorCode, type Result, failed, ok } from './result.js';
import type { Keeper } from './keeper.js';

/** Keeps what is known of the account up to date with an answer that tells. */
export async function noted<Code extends ErrorCode>(
  keeper: Pick<Keeper, 'updateUser'>,
  { data, error }: Result<UserView, Code>,
): Promise<Result<{ user: UserView }, Code>> {
  if (error !== null) return failed(error);
  await keeper.updateUser(data);
  return ok({ user: data });
}
