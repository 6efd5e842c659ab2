import * as operations from '../generated/operations.gen.js';
import type { Api } from '../operation.js';
import { type Result, failed, ok, unexpected } from '../result.js';
import type { ProviderOptions } from './flow-options.js';

/** One's own accounts at identity providers; `authenticators.list` has them. Both want a recent proof, like every change of a way in. */
export function createIdentities(api: Api) {
  return {
    /**
     * Sends the browser to a provider, such as `google`: whoever signs in there can sign in here from then on. It comes back to `returnTo` with
     * `identity`, the id, in the address, or with `error`. Where there is no page, only `redirectUrl` comes of it.
     */
    async link(
      provider: string,
      { returnTo, ...options }: ProviderOptions = {},
    ): Promise<Result<{ redirectUrl: string }, operations.LinkIdentityCode>> {
      // The answer sets a cookie by which the server knows the browser when it comes back.
      const client: Api = { send: (request) => api.send({ ...request, cookies: true }) };
      const { data, error } = await operations.linkIdentity({ ...options, client, body: { provider, returnTo } });
      if (error !== null) return failed(error);
      const { redirectUrl } = data;
      if (typeof redirectUrl !== 'string') return failed(unexpected());
      globalThis.location?.assign(redirectUrl);
      return ok({ redirectUrl });
    },

    /** The last way in stays: `identity.last_way_in`. Every other session of the account ends. */
    unlink(id: string, options?: Pick<ProviderOptions, 'signal'>): Promise<Result<null, operations.UnlinkIdentityCode>> {
      return operations.unlinkIdentity({ ...options, client: api, path: { id } });
    },
  };
}
