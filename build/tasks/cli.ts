import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bringUpToDate } from '../steps/bring-up-to-date.ts'
import { root } from '../steps/root.ts'
import { targets } from '../steps/targets.ts'
import { goToUsersFolder } from '../steps/user-folder.ts'

/**
 * `npm run -s bidual -- …`: the command line, built if stale. Its own code sets the exit code and reads `process.argv`.
 *
 * @param args - The user's arguments; `serve` needs the window as well.
 */
export async function main(args: readonly string[]): Promise<number | undefined> {
  const { kernels, electron, renderer } = targets
  const wanted = args[0] === 'serve' ? [kernels, electron, renderer] : [kernels, electron]
  await bringUpToDate(wanted, console.error)
  goToUsersFolder()
  await import(pathToFileURL(join(root, 'dist', 'electron', 'cli.js')).href)
  return undefined
}
