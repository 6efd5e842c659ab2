import { InvalidChallengeError } from '../../tokens/challenges/errors.js';

/** No account has the identifier that came with a code or link. Reads like any other refusal, but where a wire format tells it apart. */
export class UnknownIdentifierError extends InvalidChallengeError {}
