import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashInputs, isStale, rebuild, type Target } from '../../../build/steps/staleness.ts'

let root: string
let builds: number

const write = (path: string, text: string) => {
  mkdirSync(join(root, path, '..'), { recursive: true })
  writeFileSync(join(root, path), text)
}

const target = (overrides: Partial<Target> = {}): Target => ({
  name: 'thing',
  inputs: ['src', 'package.json'],
  except: ['src/generated'],
  outputs: ['out/thing.js'],
  build: () => {
    builds += 1
    write('out/thing.js', `built ${builds}`)
    write('src/generated/by-the-build.ts', `export const build = ${builds}`)
    return Promise.resolve()
  },
  ...overrides,
})

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bidual-stale-'))
  builds = 0
  write('src/a.ts', 'a')
  write('src/deep/b.ts', 'b')
  write('package.json', '{}')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe('a target', () => {
  it('is stale before its first build and current after it', async () => {
    expect(isStale(root, target())).toBe(true)
    await rebuild(root, target())
    expect(isStale(root, target())).toBe(false)
    expect(builds).toBe(1)
  })

  it.each([
    ['an input changes', () => write('src/deep/b.ts', 'B')],
    ['an input is added', () => write('src/c.ts', '')],
    ['an input is removed', () => rmSync(join(root, 'src/a.ts'))],
    ['an input is renamed', () => renameSync(join(root, 'src/a.ts'), join(root, 'src/z.ts'))],
    ['a file among the inputs changes', () => write('package.json', '{"version":"2"}')],
    ['an output is gone', () => rmSync(join(root, 'out/thing.js'))],
  ])('becomes stale when %s', async (_, change) => {
    await rebuild(root, target())
    change()
    expect(isStale(root, target())).toBe(true)
    await rebuild(root, target())
    expect(isStale(root, target())).toBe(false)
  })

  it('stays current when only excepted or foreign files change', async () => {
    await rebuild(root, target())
    write('src/generated/more.ts', 'x')
    write('README.md', 'x')
    expect(isStale(root, target())).toBe(false)
  })

  it('is current again when a change is taken back', async () => {
    await rebuild(root, target())
    write('src/a.ts', 'other')
    write('src/a.ts', 'a')
    expect(isStale(root, target())).toBe(false)
  })

  it('stays stale when its build fails, and the error names it', async () => {
    await rebuild(root, target())
    const failing = target({ build: () => Promise.reject(new Error('line 3: no')) })
    await expect(rebuild(root, failing)).rejects.toThrow('Building thing failed: line 3: no')
    expect(isStale(root, target())).toBe(true)
  })

  it('is refused when its build does not write what it promises', async () => {
    const lazy = target({ outputs: ['out/other.js'] })
    await expect(rebuild(root, lazy)).rejects.toThrow('did not write out/other.js')
    expect(isStale(root, lazy)).toBe(true)
  })

  it('that is edited while it builds is stale afterwards', async () => {
    const slow = target()
    await rebuild(root, {
      ...slow,
      build: () => slow.build().then(() => write('src/a.ts', 'edited meanwhile')),
    })
    expect(isStale(root, slow)).toBe(true)
  })
})

describe('hashInputs', () => {
  it('depends on where one file ends and the next begins', () => {
    write('x/1', 'ab')
    write('x/2', 'c')
    const before = hashInputs(root, { inputs: ['x'] })
    write('x/1', 'a')
    write('x/2', 'bc')
    expect(hashInputs(root, { inputs: ['x'] })).not.toBe(before)
  })

  it('does not depend on the order or overlap of the inputs, nor on what is missing', () => {
    const one = hashInputs(root, { inputs: ['src', 'package.json'] })
    expect(hashInputs(root, { inputs: ['package.json', 'src/a.ts', 'src', 'nothing-here'] })).toBe(one)
  })
})
