/** Secrets of the old system that it mixed into passwords and that its hashes do not contain. */
export interface HashSecrets {
  /** `BCRYPT_PEPPER`. */
  bcryptPepper?: string | undefined;
}

/** A stored hash that can be compared with. */
export interface ParsedHash {
  /** Whether this password made the hash. Never blocks the event loop; compares in constant time. */
  readonly verify: (password: string, secrets: HashSecrets) => Promise<boolean>;
}

/** A stored hash of the family that is not compared with: malformed, or dearer than one sign-in may be. */
export interface RefusedHash {
  /** Why, for a report. Holds nothing of the hash. */
  readonly refused: string;
}

/** The notations of one password hashing function. */
export interface HashFamily {
  readonly name: string;
  /** What a stored hash says, or null if it is of another family. Cheap: computes no hash. */
  readonly parse: (stored: string) => ParsedHash | RefusedHash | null;
}

/** Refusal of a hash whose family is plain and whose rest cannot be read. */
export const MALFORMED: RefusedHash = { refused: 'malformed' };
