/** Something the user can put right: its message says what and how, and is shown without a stack. */
export class SetupError extends Error {}
