import type { CreateSignInChallengeCode } from '../generated/operations.gen.js';
import type { CallOptions } from '../operation.js';
import { type Result, failed, localError, ok, unexpected } from '../result.js';
import type { ChallengeAnswer } from './wire.js';

/** Size of the window, pixels. */
const SIZE = { width: 520, height: 680 };
/** How often the server is asked whether somebody is back from the provider, ms. */
const ASK_MS = 1_500;

interface WindowParts {
  ask: (slug: string, returnTo: string | undefined, options: CallOptions) => Promise<Result<ChallengeAnswer, CreateSignInChallengeCode>>;
  /** Which sign-in is open, and how it stands here. */
  standing: () => { id: string; status: string | undefined } | null | undefined;
  /** Asks the server how it stands, and shows that. */
  look: () => Promise<void>;
}

/** Goes to a provider in a window of its own, and waits for what comes of it. */
export function providerWindow({ ask, standing, look }: WindowParts) {
  /** Asks the server now and then: a provider may have cut the tie between the two windows. */
  const awaitOther = async (other: Window, until: number): Promise<void> => {
    const before = standing();
    const isAsBefore = (): boolean => standing()?.id === before?.id && standing()?.status === before?.status;
    while (isAsBefore() && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
      if (!isAsBefore()) return;
      await look();
      if (!isAsBefore()) other.close();
    }
  };

  return async (
    slug: string,
    returnTo: string | undefined,
    options: CallOptions,
  ): Promise<Result<{ redirectUrl: string }, CreateSignInChallengeCode>> => {
    // Before anything that takes time: later browsers no longer see the click.
    const other = globalThis.open?.('about:blank', '_blank', `popup,width=${SIZE.width},height=${SIZE.height}`) ?? null;
    if (other === null) return failed(localError('client.window_blocked', 'The browser opened no window.'));
    const { data, error } = await ask(slug, returnTo, options);
    if (error !== null || typeof data.redirectUrl !== 'string') {
      other.close();
      return failed(error ?? unexpected());
    }
    const { redirectUrl, expiresAt } = data;
    other.location.href = redirectUrl;
    void awaitOther(other, Date.parse(expiresAt));
    return ok({ redirectUrl });
  };
}
