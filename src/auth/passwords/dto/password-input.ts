/** Longest password that is read at all; the policy is stricter and counts code points. */
export const MAX_PASSWORD_INPUT = 1_024;
