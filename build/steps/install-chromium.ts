import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findChromium, type FoundChromium } from '../chromium.ts'
import { run } from '../setup/child.mjs'
import { SetupError } from '../setup/error.mjs'
import { root } from './root.ts'

/**
 * Finds a Chromium for the end-to-end tests, or installs one: Debian's own as root on Debian, else Playwright's.
 *
 * @param log - Hears what is installed.
 * @returns A Chromium that runs.
 * @throws SetupError when none can be had.
 */
export async function ensureChromium(log: (line: string) => void): Promise<FoundChromium> {
  const present = findChromium()
  if (present) return present
  for (const way of waysToInstall()) {
    log(`No Chromium was found; installing ${way.what} …`)
    await way.install()
    const found = findChromium()
    if (found) return found
  }
  throw new SetupError(
    'The end-to-end tests need a Chromium and none could be installed. ' +
      'Install one, or set BIDUAL_CHROMIUM to the path of one.',
  )
}

interface WayToInstall {
  readonly what: string
  readonly install: () => Promise<unknown>
}

function waysToInstall(): WayToInstall[] {
  const isRoot = process.getuid?.() === 0
  const playwright = join(root, 'node_modules', 'playwright', 'cli.js')
  // Playwright's build needs system libraries, which only root can install.
  const withDeps = isRoot && process.platform === 'linux' ? ['--with-deps'] : []
  const own: WayToInstall = {
    what: "Playwright's Chromium",
    install: () => run(process.execPath, [playwright, 'install', ...withDeps, '--no-shell', 'chromium']),
  }
  return isRoot && isDebian() ? [{ what: "Debian's chromium", install: aptInstall }, own] : [own]
}

async function aptInstall(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // Lists may be absent (a fresh container) or outdated; where the update fails, the installation says so.
  await run('apt-get', ['update', '-qq'], { env })
  await run('apt-get', ['install', '-qq', '--yes', '--no-install-recommends', 'chromium'], { env })
}

/** True on Debian itself: Ubuntu's package of that name is only a pointer to a snap. */
function isDebian(): boolean {
  const release = '/etc/os-release'
  return (
    existsSync(release) &&
    /^ID=debian$/m.test(readFileSync(release, 'utf8')) &&
    existsSync('/usr/bin/apt-get')
  )
}
