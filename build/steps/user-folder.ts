/**
 * Goes back to the folder in which the user typed the command: npm runs scripts in the checkout, and file names among the
 * arguments are meant relative to where they were typed.
 */
export function goToUsersFolder(): void {
  const { INIT_CWD: folder, npm_lifecycle_event: script } = process.env
  if (folder && script) process.chdir(folder)
}
