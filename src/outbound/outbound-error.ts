/** Why a request brought no answer. */
export type OutboundFailure =
  /** The address is not one that this server may call. */
  | 'refused'
  /** No connection, or one that broke. */
  | 'unreachable'
  | 'timeout'
  /** The answer was longer than the caller reads. */
  | 'too-large';

/** A request to another server that brought no answer. Whoever sends it turns this into an error of its own. */
export class OutboundError extends Error {
  constructor(
    readonly reason: OutboundFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
