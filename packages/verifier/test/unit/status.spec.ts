import { describe, expect, it, vi } from 'vitest';
import { VerifierError } from '../../src/errors.js';
import { Status } from '../../src/status.js';

describe('the status of a verifier', () => {
  it('outlives a hook that throws, and says so', async () => {
    const logged = vi.spyOn(console, 'error').mockImplementation(() => {});
    const status = new Status(() => {
      throw new Error('of the app');
    });
    status.report(new VerifierError('verifier.unavailable', 'The stream is away.', { reason: 'stream' }));
    await Promise.resolve();
    expect(logged.mock.calls).toEqual([[expect.stringContaining('onProblem'), new Error('of the app')]]);
    expect(status.problem?.reason).toBe('stream');
    logged.mockRestore();
  });
});
