import * as operations from './generated/operations.gen.js';
import type { SessionView } from './generated/types.gen.js';
import type { Api, CallOptions } from './operation.js';
import { type Result, failed, ok } from './result.js';

export function createSessions(api: Api) {
  return {
    /** Where the account is signed in, this session first. */
    async list(options?: CallOptions): Promise<Result<SessionView[], operations.ListSessionsCode>> {
      const { data, error } = await operations.listSessions({ ...options, client: api });
      return error === null ? ok(data.data) : failed(error);
    },

    /** Signs one device out at once. */
    revoke(id: string, options?: CallOptions): Promise<Result<null, operations.RevokeSessionCode>> {
      return operations.revokeSession({ ...options, client: api, path: { id } });
    },

    /** Signs out everywhere but here. */
    revokeOthers(options?: CallOptions): Promise<Result<null, operations.RevokeOtherSessionsCode>> {
      return operations.revokeOtherSessions({ ...options, client: api });
    },
  };
}
