import { chromium, type Browser } from 'playwright'
import { findChromium } from '../../build/chromium.ts'

/**
 * Path of the Chromium that end-to-end tests drive: BIDUAL_CHROMIUM, one that is installed, or Playwright's own.
 *
 * @returns The executable.
 * @throws Error that says what to do when there is none. Tests do not skip: `npm test` installs one.
 */
export function chromiumPath(): string {
  const found = findChromium()
  if (!found)
    throw new Error('No Chromium was found. `npm test` installs one, or set BIDUAL_CHROMIUM to its path.')
  return found.path
}

/**
 * Starts a headless Chromium. The caller closes it.
 *
 * @returns The browser, as Playwright's handle.
 */
export function launchChromium(): Promise<Browser> {
  // Chromium refuses its sandbox to root, and containers give /dev/shm little room.
  const args = process.getuid?.() === 0 ? ['--no-sandbox', '--disable-dev-shm-usage'] : []
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args })
}
