import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

/** A Chromium that end-to-end tests can drive. */
export interface FoundChromium {
  readonly path: string
  /** Where it was found, for one line of output. */
  readonly how: string
}

const namesOnPath = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
]

const usualPlaces: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  darwin: ['Chromium.app/Contents/MacOS/Chromium', 'Google Chrome.app/Contents/MacOS/Google Chrome'].map(
    (app) => `/Applications/${app}`,
  ),
  win32: [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    .filter((folder) => folder !== undefined)
    .flatMap((folder) => [
      join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]),
}

/**
 * Looks for a Chromium: BIDUAL_CHROMIUM, then known names on PATH, then the usual places, then Playwright's own.
 *
 * @returns The first one that runs, or undefined.
 * @throws Error when BIDUAL_CHROMIUM names something that does not run: a wish is not passed over in silence.
 */
export function findChromium(): FoundChromium | undefined {
  const wish = process.env.BIDUAL_CHROMIUM
  if (wish) {
    if (works(wish)) return { path: wish, how: 'BIDUAL_CHROMIUM' }
    throw new Error(`BIDUAL_CHROMIUM is ${wish}, which is not a Chromium that runs here.`)
  }
  return candidates().find(({ path }) => works(path))
}

function candidates(): FoundChromium[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean)
  const onPath = namesOnPath.flatMap((name) => folders.map((folder) => join(folder, name)))
  const usual = usualPlaces[process.platform] ?? []
  return [
    ...onPath.map((path) => ({ path, how: 'found on PATH' })),
    ...usual.map((path) => ({ path, how: 'installed' })),
    { path: chromium.executablePath(), how: "Playwright's own" },
  ]
}

/** Ubuntu's `chromium-browser` may be a stub that only points to a snap, so a file is not enough: it has to run. */
function works(path: string): boolean {
  if (!existsSync(path)) return false
  // On Windows `--version` opens a window instead.
  if (process.platform === 'win32') return true
  try {
    return /\d+\.\d+/.test(
      execFileSync(path, ['--version'], { encoding: 'utf8', timeout: 30_000, stdio: 'pipe' }),
    )
  } catch {
    return false
  }
}
