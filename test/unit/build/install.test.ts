import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureInstalled, isInstalled, matchesLock } from '../../../build/setup/install.mjs'
import { withLock } from '../../../build/setup/lock.mjs'
import { proveRuntime, runtime } from '../../../build/setup/runtime.mjs'
import { root as checkout } from '../../../build/steps/root.ts'

let root: string
const lines: string[] = []
const log = (line: string) => void lines.push(line)

const lock = (version: string) => ({ packages: { '': {}, 'node_modules/zod': { version } } })
const writeJson = (path: string, value: unknown) => writeFileSync(join(root, path), JSON.stringify(value))

/** Stands in for npm: what it was called for, and how it ends, one code a call. */
function npm(...codes: number[]) {
  const calls: string[] = []
  const install = (folder: string) => {
    mkdirSync(join(root, 'node_modules'), { recursive: true })
    return Promise.resolve(codes[calls.push(folder) - 1])
  }
  return { calls, install }
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bidual-install-'))
  lines.length = 0
  writeJson('package-lock.json', lock('4.0.0'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('ensureInstalled', () => {
  it('installs on a fresh checkout, then never again until the lock file changes', async () => {
    const { calls, install } = npm(0, 0)
    expect(await ensureInstalled(root, { log, install })).toBe(true)
    expect(await ensureInstalled(root, { log, install })).toBe(false)
    expect(calls).toEqual([root])
    writeJson('package-lock.json', lock('4.0.1'))
    expect(await ensureInstalled(root, { log, install })).toBe(true)
    expect(calls).toHaveLength(2)
  })

  it('installs again when node_modules was deleted', async () => {
    const { calls, install } = npm(0, 0)
    await ensureInstalled(root, { log, install })
    rmSync(join(root, 'node_modules'), { recursive: true })
    await ensureInstalled(root, { log, install })
    expect(calls).toHaveLength(2)
  })

  it('accepts what somebody installed by hand with npm, and leaves a stamp', async () => {
    mkdirSync(join(root, 'node_modules'))
    writeJson('node_modules/.package-lock.json', lock('4.0.0'))
    const { calls, install } = npm()
    expect(await ensureInstalled(root, { log, install })).toBe(false)
    expect(calls).toEqual([])
    expect(existsSync(join(root, 'node_modules', '.bidual-lock'))).toBe(true)
  })

  it('tries a second time after a failure, and says so', async () => {
    const { calls, install } = npm(1, 0)
    expect(await ensureInstalled(root, { log, install })).toBe(true)
    expect(calls).toHaveLength(2)
    expect(lines.join('\n')).toMatch(/npm ended with code 1; trying once more/)
  })

  it('fails after two failures with the remedy, and starts over the next time', async () => {
    const { install } = npm(1, 7, 0)
    await expect(ensureInstalled(root, { log, install })).rejects.toThrow(/code 7, 2 times.*npm ping/s)
    expect(isInstalled(root)).toBe(false)
    expect(await ensureInstalled(root, { log, install })).toBe(true)
  })

  it('installs once when two commands start at the same time', async () => {
    const { calls, install } = npm(0, 0)
    const both = [0, 1].map(() => ensureInstalled(root, { log, install }))
    expect((await Promise.all(both)).sort()).toEqual([false, true])
    expect(calls).toHaveLength(1)
  })

  it('says that the lock file is missing rather than installing something else', async () => {
    rmSync(join(root, 'package-lock.json'))
    await expect(ensureInstalled(root, { log, ...npm(0) })).rejects.toThrow(/package-lock\.json is missing/)
  })
})

describe('matchesLock', () => {
  const wanted = {
    packages: {
      '': {},
      'node_modules/vue': { version: '3.5.0' },
      'node_modules/only-on-windows': { version: '1.0.0', optional: true },
    },
  }
  it.each([
    ['everything is there', { 'node_modules/vue': { version: '3.5.0' } }, true],
    ['a package has another version', { 'node_modules/vue': { version: '3.4.9' } }, false],
    ['a required package is missing', { 'node_modules/only-on-windows': { version: '1.0.0' } }, false],
    [
      'an optional package has another version',
      { 'node_modules/vue': { version: '3.5.0' }, 'node_modules/only-on-windows': { version: '0.9.0' } },
      false,
    ],
  ])('when %s', (_, packages, expected) => {
    expect(matchesLock(wanted, { packages })).toBe(expected)
  })
})

describe('withLock', () => {
  it('takes over from an owner that died', async () => {
    const folder = join(root, 'lock')
    mkdirSync(folder)
    const { hostname } = await import('node:os')
    // The largest process number Linux allows is 2^22; nothing runs under this one.
    writeFileSync(join(folder, 'owner.json'), JSON.stringify({ pid: 2 ** 30, host: hostname() }))
    expect(await withLock(folder, () => Promise.resolve('done'))).toBe('done')
    expect(existsSync(folder)).toBe(false)
  })

  it('gives up on an owner that lives, naming the lock', async () => {
    const folder = join(root, 'lock')
    await withLock(folder, async () => {
      const second = withLock(folder, () => Promise.resolve('never'), { patience: 0 })
      await expect(second).rejects.toThrow(folder)
    })
  })

  it('is released when the work fails', async () => {
    const folder = join(root, 'lock')
    await expect(withLock(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(existsSync(folder)).toBe(false)
  })
})

describe('the Node of the project', () => {
  it('is the major version that package.json asks for, and runs', () => {
    const node = runtime(checkout)
    const { devDependencies } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
      devDependencies: { node: string }
    }
    expect(devDependencies.node.replace('^', '').split('.')[0]).toBe(node.version.split('.')[0])
    expect(() => proveRuntime(node)).not.toThrow()
  })

  it('is missed with the remedy when its install script did not run', () => {
    mkdirSync(join(root, 'node_modules', 'node'), { recursive: true })
    writeJson('node_modules/node/package.json', { version: '24.0.0' })
    expect(() => runtime(root)).toThrow(/Node 24\.0\.0 is missing.*npm rebuild node --ignore-scripts=false/s)
  })

  it('is refused when it is another version', () => {
    expect(() => proveRuntime({ ...runtime(checkout), version: '24.0.0' })).toThrow(/instead of v24\.0\.0/)
  })
})
