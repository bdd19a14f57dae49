import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const day = 24 * 60 * 60_000

/** Why Electron's binary is not there; `binary` is undefined exactly then. */
export interface Fetched {
  readonly binary: string | undefined
  readonly reason: string
}

/** What was learned when the binary could not be had, kept so that the next start does not wait again. */
interface Failure {
  readonly version: string
  readonly at: number
  readonly reason: string
}

export interface FetchOptions {
  /** Milliseconds that the download may take. */
  readonly limit: number
  /** Hears that a download starts. */
  readonly log: (line: string) => void
  /** Try even if it failed less than a day ago. */
  readonly insist?: boolean
  /** Milliseconds since 1970; replaced in tests. */
  readonly now?: () => number
}

/**
 * Electron's executable, if its binary was fetched before.
 *
 * @param root - The checkout.
 * @returns Its path, or undefined.
 */
export function electronBinary(root: string): string | undefined {
  const folder = join(root, 'node_modules', 'electron')
  const note = join(folder, 'path.txt')
  if (!existsSync(note)) return undefined
  const binary = join(folder, 'dist', readFileSync(note, 'utf8'))
  return existsSync(binary) ? binary : undefined
}

/**
 * Fetches Electron's binary with Electron's own script. It comes from outside the package registry, so it may fail where
 * everything else works; a failure is remembered for a day.
 *
 * @param root - The checkout.
 * @param options - Time limit, log, clock.
 * @returns The executable, or the reason why there is none.
 */
export async function fetchElectron(root: string, options: FetchOptions): Promise<Fetched> {
  const present = electronBinary(root)
  if (present) return { binary: present, reason: '' }
  const now = options.now ?? Date.now
  const version = electronVersion(root)
  const earlier = options.insist ? undefined : recentFailure(root, version, now())
  if (earlier) return { binary: undefined, reason: `${earlier.reason}, less than a day ago` }
  options.log(`Fetching Electron ${version} (about 120 MB, once) …`)
  const reason = await runInstaller(join(root, 'node_modules', 'electron', 'install.js'), options.limit)
  const binary = electronBinary(root)
  if (binary) {
    rmSync(notePath(root), { force: true })
    return { binary, reason: '' }
  }
  remember(root, { version, at: now(), reason })
  return { binary: undefined, reason }
}

/**
 * Electron's version, from its package.
 *
 * @param root - The checkout.
 */
export function electronVersion(root: string): string {
  const text = readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Runs Electron's install.js; returns why it failed, in words that end a sentence, or '' when it did not. */
function runInstaller(script: string, limit: number): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'pipe'], timeout: limit })
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', (error) => resolve(`its download could not be started (${error.message})`))
    child.once('close', (code, signal) => {
      if (signal) resolve(`its download did not end within ${Math.round(limit / 1000)} s`)
      else
        resolve(code === 0 ? 'its download left no executable' : `its download failed (${firstLine(said)})`)
    })
  })
}

/** The line that says most: the first one that names an error, without the stack. */
function firstLine(text: string): string {
  const lines = text.split('\n').map((line) => line.trim())
  const telling = lines.find((line) => /error|failed|E[A-Z]{4,}/i.test(line)) ?? lines[0]
  return telling.replace(/^\w*Error: /, '') || 'without a message'
}

function recentFailure(root: string, version: string, now: number): Failure | undefined {
  const path = notePath(root)
  if (!existsSync(path)) return undefined
  const failure = JSON.parse(readFileSync(path, 'utf8')) as Failure
  return failure.version === version && now - failure.at < day ? failure : undefined
}

function remember(root: string, failure: Failure): void {
  mkdirSync(dirname(notePath(root)), { recursive: true })
  writeFileSync(notePath(root), JSON.stringify(failure))
}

function notePath(root: string): string {
  return join(root, '.cache', 'electron-not-fetched.json')
}
