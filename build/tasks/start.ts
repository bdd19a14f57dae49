import { join } from 'node:path'
import { run } from '../setup/child.mjs'
import { bringUpToDate } from '../steps/bring-up-to-date.ts'
import { whyNotElectron } from '../steps/choose-host.ts'
import { electronVersion, fetchElectron, type Fetched } from '../steps/electron-binary.ts'
import { browserOpener, findAddress, openInBrowser } from '../steps/open-browser.ts'
import { root } from '../steps/root.ts'
import { targets } from '../steps/targets.ts'
import { goToUsersFolder } from '../steps/user-folder.ts'

const downloadLimit = 5 * 60_000
/** A window that ends this soon with an error never opened: missing libraries, a sandbox that is not allowed. */
const stillborn = 5_000
/** Exit codes after SIGHUP, SIGINT and SIGTERM. */
const stoppedByUser = [129, 130, 143]
/** Flags that are for this script; all others go to the host. */
const ours = ['--browser', '--electron']

/**
 * `npm start [-- flags]`: builds what is stale and opens the workbench, in Electron or else in a browser.
 *
 * @param args - `--browser` forces the browser host, `--electron` tries again at once to fetch Electron; the rest is for the host.
 * @returns The exit code of the host.
 */
export async function main(args: readonly string[]): Promise<number> {
  await bringUpToDate(Object.values(targets), console.log)
  goToUsersFolder()
  const passedOn = args.filter((arg) => !ours.includes(arg))
  const { binary, reason } = await findElectron(args)
  if (!binary) return openBrowserHost(reason, passedOn)
  console.log(`Opening Bidual in Electron ${electronVersion(root)}.`)
  const start = performance.now()
  const code = await run(binary, [root, ...passedOn])
  if (code === 0 || stoppedByUser.includes(code) || performance.now() - start > stillborn) return code
  return openBrowserHost(`Electron ended at once with code ${code}`, passedOn)
}

async function findElectron(args: readonly string[]): Promise<Fetched> {
  const { platform, env } = process
  const reason = whyNotElectron({ args, platform, env, uid: process.getuid?.() })
  if (reason) return { binary: undefined, reason }
  const fetched = await fetchElectron(root, {
    limit: downloadLimit,
    log: console.log,
    insist: args.includes('--electron'),
  })
  if (fetched.binary) return fetched
  return { ...fetched, reason: `Electron's binary is missing: ${fetched.reason}` }
}

function openBrowserHost(reason: string, args: readonly string[]): Promise<number> {
  console.log(`Opening Bidual in a browser: ${reason}.`)
  const host = join(root, 'dist', 'electron', 'browser.js')
  const opener = browserOpener(process.platform, process.env)
  if (!opener) return run(process.execPath, [host, ...args])
  return run(process.execPath, [host, ...args], { stdio: ['inherit', 'pipe', 'inherit'] }, (child) => {
    let printed = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk)
      if (findAddress(printed)) return
      printed += chunk.toString()
      const address = findAddress(printed)
      if (address) openInBrowser(join(root, 'dist', 'open.html'), address, opener)
    })
  })
}
