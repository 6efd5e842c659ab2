/** Hands text messages over to a provider or the mailbox. */
export abstract class SmsSender {
  /** Whether messages can be sent. */
  abstract readonly isConfigured: boolean;

  /**
   * Hands one message over. Resolves when it is accepted; whether it arrives is unknown.
   * @param to E.164 number: `+12025550147`
   * @param stop ends the attempt early
   * @throws SmsRefusedError if another attempt cannot succeed; any other error if one may
   */
  abstract send(to: string, text: string, stop?: AbortSignal): Promise<void>;
}

/** The provider refuses this message permanently: the number does not exist, or its owner has opted out. */
export class SmsRefusedError extends Error {}

/** For servers without a provider. */
export class NoSmsSender extends SmsSender {
  override readonly isConfigured = false;

  override send(): Promise<void> {
    return Promise.reject(new Error('No SMS_URL is set'));
  }
}
