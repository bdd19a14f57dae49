import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { SetupError } from '../setup/error.mjs'

/** Something that is built from files: it is stale when a file that goes in has changed, or one that came out is gone. */
export interface Target {
  readonly name: string
  /** Files and folders that go in, relative to the checkout; what is missing counts as empty. */
  readonly inputs: readonly string[]
  /** Paths below `inputs` that do not count, such as what the build itself writes there. */
  readonly except?: readonly string[]
  /** Files that must exist afterwards, relative to the checkout. */
  readonly outputs: readonly string[]
  readonly build: () => Promise<void>
}

/**
 * One hash over names and contents of everything that goes into a target.
 *
 * @param root - The checkout.
 * @param target - What goes in.
 * @returns SHA-256 in hexadecimal, the same on every platform and for every order of listing.
 */
export function hashInputs(root: string, target: Pick<Target, 'inputs' | 'except'>): string {
  const hash = createHash('sha256')
  const skipped = new Set((target.except ?? []).map((path) => join(root, path)))
  const files = target.inputs.flatMap((path) => filesBelow(join(root, path), skipped)).sort()
  for (const file of new Set(files)) {
    const contents = readFileSync(file)
    hash.update(`${relative(root, file).split(sep).join('/')}\0${contents.length}\0`).update(contents)
  }
  return hash.digest('hex')
}

/**
 * Whether a target has to be built.
 *
 * @param root - The checkout.
 * @param target - The target.
 * @returns True when it was never built, when an input changed since, or when an output is gone.
 */
export function isStale(root: string, target: Target): boolean {
  if (!target.outputs.every((path) => existsSync(join(root, path)))) return true
  const stamp = stampPath(root, target)
  return !existsSync(stamp) || readFileSync(stamp, 'utf8') !== hashInputs(root, target)
}

/**
 * Builds a target. Its stamp is taken away first, so that a build that fails half-way is done again.
 *
 * @param root - The checkout.
 * @param target - The target.
 * @throws SetupError with the message of the build, or with the names of the outputs that it did not write.
 */
export async function rebuild(root: string, target: Target): Promise<void> {
  const stamp = stampPath(root, target)
  rmSync(stamp, { force: true })
  // Taken before the build: what is edited while it runs is newer than its result.
  const hash = hashInputs(root, target)
  await target.build().catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error)
    throw new SetupError(`Building ${target.name} failed: ${stripVTControlCharacters(message)}`)
  })
  const missing = target.outputs.filter((path) => !existsSync(join(root, path)))
  if (missing.length > 0) throw new SetupError(`Building ${target.name} did not write ${missing.join(', ')}.`)
  mkdirSync(dirname(stamp), { recursive: true })
  writeFileSync(stamp, hash)
}

function stampPath(root: string, target: Target): string {
  return join(root, '.cache', 'built', `${target.name}.sha256`)
}

function filesBelow(path: string, skipped: ReadonlySet<string>): string[] {
  if (skipped.has(path) || !existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path).flatMap((name) => filesBelow(join(path, name), skipped))
}
