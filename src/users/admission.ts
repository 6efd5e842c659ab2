/**
 * Leave to make one account with this e-mail address, or with none. Only `RegistrationPolicy` makes them (an import rule enforces this), so
 * that no account comes into being without that the policy was asked.
 */
export class Admission {
  /** Makes the type nominal: an object with the same public fields is not assignable to it. */
  declare protected readonly admitted: true;

  private constructor(
    /** As it was asked for; null for an account without one. */
    readonly email: string | null,
  ) {}

  static of(email: string | null): Admission {
    return new Admission(email);
  }
}
