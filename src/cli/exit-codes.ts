/** Exit codes, for scripts. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** Arguments or settings are wrong; nothing was done. */
  misused: 2,
  /** Done, but some records were skipped; the output lists them. */
  partly: 3,
} as const;
