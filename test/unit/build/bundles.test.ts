import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  electronBundles,
  electronOutputs,
  writeBundles,
  type Bundle,
} from '../../../build/steps/bundle-electron.ts'
import { root } from '../../../build/steps/root.ts'

/** Module names that a bundle asks for at run time and that are not its own files. */
function externalsOf(code: string): string[] {
  const asked = code.matchAll(/(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*["']([^"'\n]+)["']/g)
  return [...new Set(Array.from(asked, ([, name]) => name))].filter((name) => !name.startsWith('.'))
}

const isNodes = (name: string) => name.startsWith('node:') || builtinModules.includes(name)

let folder: string
const bundles: readonly Bundle[] = [
  {
    entries: { host: 'host.ts', other: 'other.ts' },
    output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
  },
  {
    entries: { preload: 'preload.ts' },
    output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
  },
]
const sources = {
  'shared.ts': `import { WebSocketServer } from '${new URL('../../../node_modules/ws/wrapper.mjs', import.meta.url).href.slice(7)}'
    export const name: string = WebSocketServer.name
    export const worker = new URL('./worker.js', import.meta.url).pathname`,
  'host.ts': `import { app } from 'electron'; import { name } from './shared.ts'; console.log(app, name)`,
  'other.ts': `export { name, worker } from './shared.ts'`,
  'preload.ts': `import { contextBridge } from 'electron'; contextBridge.exposeInMainWorld('bidual', {})`,
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bidual-bundles-'))
  for (const [name, text] of Object.entries(sources)) writeFileSync(join(folder, name), text)
  mkdirSync(join(folder, 'out'))
  writeFileSync(join(folder, 'tsconfig.json'), '{}')
  await writeBundles(folder, join(folder, 'out'), bundles)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the bundles of Bidual itself', () => {
  it('are the files that are packed, and ask for no package at run time', async () => {
    const out = join(folder, 'dist', 'electron')
    await writeBundles(root, out, electronBundles)
    const written = readdirSync(out).map((file) => `dist/electron/${file}`)
    expect(written.filter((file) => !file.includes('chunk-')).sort()).toEqual([...electronOutputs].sort())
    for (const file of readdirSync(out)) {
      const asked = externalsOf(readFileSync(join(out, file), 'utf8'))
      expect(
        asked.filter((name) => name !== 'electron' && !isNodes(name)),
        file,
      ).toEqual([])
    }
    const preload = readFileSync(join(out, 'preload.cjs'), 'utf8')
    expect(externalsOf(preload)).toEqual(['electron'])
  })
})

describe('bundling', () => {
  it('leaves Electron and Node outside, never for a package', () => {
    for (const file of readdirSync(join(folder, 'out'))) {
      const asked = externalsOf(readFileSync(join(folder, 'out', file), 'utf8'))
      expect(
        asked.filter((name) => name !== 'electron' && !isNodes(name)),
        file,
      ).toEqual([])
    }
  })

  it('keeps shared chunks beside the entries, so that ./worker.js means the same everywhere', async () => {
    const files = readdirSync(join(folder, 'out'))
    expect(files.filter((file) => file.startsWith('chunk-'))).toHaveLength(1)
    const { name, worker } = (await import(join(folder, 'out', 'other.js'))) as Record<string, string>
    expect(name).toBe('WebSocketServer')
    expect(worker).toBe(join(folder, 'out', 'worker.js'))
  })

  it('writes a preload that a sandboxed window accepts: CommonJS, one file, only electron', () => {
    const code = readFileSync(join(folder, 'out', 'preload.cjs'), 'utf8')
    expect(externalsOf(code)).toEqual(['electron'])
    expect(code).not.toMatch(/^(import|export) /m)
  })

  it('fails on a module that does not exist instead of leaving it outside', async () => {
    writeFileSync(join(folder, 'broken.ts'), `import 'no-such-package-anywhere'`)
    const broken: Bundle = { entries: { broken: 'broken.ts' }, output: { format: 'esm' } }
    await expect(writeBundles(folder, join(folder, 'broken-out'), [broken])).rejects.toThrow(
      /no-such-package-anywhere/,
    )
  })
})
