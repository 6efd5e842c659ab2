import type { ExecutionContext } from '@nestjs/common';
import { defer, lastValueFrom, of } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ProofInterceptor } from '../../../src/auth/proof-of-work/proof.interceptor.js';
import { ProofsOfWork } from '../../../src/auth/proof-of-work/proofs-of-work.service.js';
import type { Caller } from '../../../src/common/caller.js';

function make() {
  const caller: Caller = { ip: '198.51.100.1', userAgent: null, requestId: 'one', limits: [] };
  const fakes = [{}, {}, {}, {}, { PROOF_OF_WORK: 'off' }, { counter: () => () => {} }];
  const proofs = new ProofsOfWork(...(fakes as unknown as ConstructorParameters<typeof ProofsOfWork>));
  const context = { switchToHttp: () => ({ getRequest: () => ({ caller }) }) } as unknown as ExecutionContext;
  const serve = (handler: () => Promise<unknown>) =>
    lastValueFrom(new ProofInterceptor(proofs).intercept(context, { handle: () => defer(handler) }));
  return { caller, proofs, context, serve };
}

describe('a route that asks for a proof of work', () => {
  it('asks by itself', async () => {
    const { caller, proofs, serve } = make();
    await expect(serve(() => proofs.demand('mail', ['ada@example.com'], caller).then(() => 'served'))).resolves.toBe('served');
    await expect(serve(() => proofs.demand(null, [], caller).then(() => 'a passkey'))).resolves.toBe('a passkey');
  });

  it('does not serve a request when it has forgotten to', async () => {
    const { proofs, context, serve } = make();
    await expect(serve(async () => 'served')).rejects.toThrow('without asking');
    const handled = new ProofInterceptor(proofs).intercept(context, { handle: () => of(undefined) });
    await expect(lastValueFrom(handled)).rejects.toThrow('without asking');
  });

  it('keeps its own failures', async () => {
    const { serve } = make();
    await expect(serve(() => Promise.reject(new Error('another')))).rejects.toThrow('another');
  });

  it('has to say so', async () => {
    const { caller, proofs } = make();
    await expect(proofs.demand('mail', [], caller)).rejects.toThrow('@AsksForProof()');
    await expect(proofs.demand(null, [], caller)).rejects.toThrow('@AsksForProof()');
  });
});
