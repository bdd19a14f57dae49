import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { run } from './child.mjs'
import { SetupError } from './error.mjs'
import { withLock } from './lock.mjs'

const attempts = 2

/**
 * Installs the packages of package-lock.json when they are missing or stale, and notes what was installed.
 *
 * @param {string} root - The checkout.
 * @param {{ log?: (line: string) => void, install?: (root: string) => Promise<number> }} [options] - `log` hears what is
 *   done; `install` runs npm (replaced in tests).
 * @returns {Promise<boolean>} True when something was installed.
 * @throws SetupError when npm fails twice.
 */
export async function ensureInstalled(root, { log = console.error, install = npmInstall } = {}) {
  if (isInstalled(root)) return false
  return withLock(join(root, '.cache', 'install.lock'), async () => {
    if (isInstalled(root)) return false
    log('Installing packages (the first time, this takes a minute or two) …')
    await installWithRetry(root, install, log)
    writeStamp(root)
    return true
  })
}

/**
 * Whether node_modules holds what package-lock.json asks for: by our stamp, else by npm's own record of what it installed
 * (someone ran npm by hand), in which case the stamp is written.
 *
 * @param {string} root - The checkout.
 * @returns {boolean} False when anything is missing or of another version.
 */
export function isInstalled(root) {
  const wanted = readText(join(root, 'package-lock.json'))
  if (wanted === undefined)
    throw new SetupError(`package-lock.json is missing in ${root}: this is not a whole checkout.`)
  if (readText(stampPath(root)) === fingerprint(wanted)) return true
  const installed = readText(join(root, 'node_modules', '.package-lock.json'))
  if (installed === undefined || !matchesLock(JSON.parse(wanted), JSON.parse(installed))) return false
  writeStamp(root)
  return true
}

/**
 * Whether npm's record of an installation satisfies a lock file. Packages for other platforms may be absent.
 *
 * @param {{ packages: Record<string, { version?: string, optional?: boolean }> }} lock - Parsed package-lock.json.
 * @param {{ packages: Record<string, { version?: string }> }} installed - Parsed node_modules/.package-lock.json.
 * @returns {boolean} True when every required package is there in the locked version.
 */
export function matchesLock(lock, installed) {
  return Object.entries(lock.packages).every(([path, { version, optional }]) => {
    if (path === '') return true
    const found = installed.packages[path]
    return found === undefined ? optional === true : found.version === version
  })
}

async function installWithRetry(root, install, log) {
  let code = 0
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    code = await install(root)
    if (code === 0) return
    if (attempt < attempts) log(`npm ended with code ${code}; trying once more …`)
  }
  throw new SetupError(
    `The packages could not be installed: npm ended with code ${code}, ${attempts} times. Its message is above; ` +
      'if it is about the network, `npm ping` tells whether the package registry can be reached.',
  )
}

/** Runs npm with everything it says on stderr: stdout belongs to the command that the user asked for. */
function npmInstall(root) {
  const { command, prefix, shell } = npm()
  // On Windows a running node.exe cannot be deleted, and `npm ci` would: change in place instead.
  const inside = process.platform === 'win32' && process.execPath.startsWith(join(root, 'node_modules') + sep)
  const args = [...prefix, inside ? 'install' : 'ci', '--loglevel=error', '--no-audit', '--no-fund']
  return run(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell })
}

/** The npm that called us, else the one on PATH. */
function npm() {
  const script = process.env.npm_execpath
  const isNpm = script !== undefined && /npm-cli\.c?js$/.test(script)
  if (isNpm)
    return { command: process.env.npm_node_execpath ?? process.execPath, prefix: [script], shell: false }
  return { command: 'npm', prefix: [], shell: process.platform === 'win32' }
}

function writeStamp(root) {
  writeFileSync(stampPath(root), fingerprint(readText(join(root, 'package-lock.json'))))
}

function stampPath(root) {
  return join(root, 'node_modules', '.bidual-lock')
}

function fingerprint(lockText) {
  return `${createHash('sha256').update(lockText).digest('hex')} ${process.platform}\n`
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
