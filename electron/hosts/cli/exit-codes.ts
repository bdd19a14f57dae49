/** Exit codes, for scripts. */
export const EXIT = { solved: 0, failed: 1, badInput: 2, cancelled: 130 } as const
