/**
 * Somebody whom the settings let in, and whom the operator's hook is asked about yet: `RegistrationPolicy.decide` makes an `Admission` of one.
 * Only `RegistrationPolicy` makes them.
 */
export class Candidate {
  /** Makes the type nominal: an object with the same public fields is not assignable to it. */
  declare protected readonly unasked: true;

  constructor(
    /** As it was asked for; null for an account without one. */
    readonly email: string | null,
    /** Whether they have shown to read that address. */
    readonly isProven: boolean,
  ) {}
}
