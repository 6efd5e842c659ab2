/** How a command ended, for scripts. */
export const EXIT = {
  done: 0,
  failed: 1,
  /** Arguments or settings are wrong; nothing was done. */
  misused: 2,
  /** Done, but something was left out; the output says what. */
  partly: 3,
} as const;
