/** Hands text messages over to whoever carries them. */
export abstract class SmsSender {
  /** Whether there is anybody to carry them. */
  abstract readonly isConfigured: boolean;

  /**
   * Hands one message over. Resolves when it was accepted; whether it arrives is not known.
   * @param to E.164 number: `+12025550147`
   * @param stop ends the attempt early
   * @throws SmsRefusedError when no further attempt can help; any other error when one may
   */
  abstract send(to: string, text: string, stop?: AbortSignal): Promise<void>;
}

/** The carrier will never take this message: the number does not exist, or its owner wants no messages. */
export class SmsRefusedError extends Error {}

/** For servers that are told of no carrier. */
export class NoSmsSender extends SmsSender {
  override readonly isConfigured = false;

  override send(): Promise<void> {
    return Promise.reject(new Error('No SMS_URL is set'));
  }
}
