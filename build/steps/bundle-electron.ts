import { rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import type { InputOptions, OutputOptions } from 'rolldown'
import { root } from './root.ts'

const folder = 'dist/electron'

/** Some entries that are bundled together. */
export interface Bundle {
  /** Output name → source file. */
  readonly entries: Readonly<Record<string, string>>
  readonly output: OutputOptions
}

/**
 * The bundles of the electron side. The hosts share chunks; the worker is one file, because every run starts a thread
 * from it; the preload is CommonJS, because a sandboxed window takes nothing else.
 */
export const electronBundles: readonly Bundle[] = [
  {
    entries: {
      main: 'electron/hosts/desktop/main.ts',
      browser: 'electron/hosts/browser/main.ts',
      cli: 'electron/hosts/cli/main.ts',
    },
    // Flat, so that `new URL('./worker.js', import.meta.url)` means the same in an entry and in a shared chunk.
    output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
  },
  {
    entries: { worker: 'electron/worker/entry.ts' },
    output: { format: 'esm', entryFileNames: '[name].js', codeSplitting: false },
  },
  {
    entries: { preload: 'electron/hosts/desktop/preload.ts' },
    output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
  },
]

/** The entry files, relative to the checkout; shared chunks lie beside them. */
export const electronOutputs: readonly string[] = [
  'main.js',
  'browser.js',
  'cli.js',
  'worker.js',
  'preload.cjs',
].map((name) => `${folder}/${name}`)

/** Bundles the electron side into dist/electron, which is emptied first. */
export async function bundleElectron(): Promise<void> {
  const out = join(root, folder)
  rmSync(out, { recursive: true, force: true })
  await writeBundles(root, out, electronBundles)
}

/**
 * Writes bundles. Packages are bundled, `electron` and Node's own modules stay outside.
 *
 * @param cwd - Folder of the sources, with their tsconfig.json.
 * @param out - Folder that is written to.
 * @param wanted - Entries (file names relative to `cwd`) and output formats.
 * @throws Error of rolldown, also when a module is not found: left outside, it would be missing in the package.
 */
export async function writeBundles(cwd: string, out: string, wanted: readonly Bundle[]): Promise<void> {
  // Loaded when needed: most starts build nothing.
  const { rolldown } = await import('rolldown')
  for (const { entries, output } of wanted) {
    const build = await rolldown({ ...inputOptions(cwd), input: { ...entries } })
    try {
      await build.write({ dir: out, sourcemap: false, ...output })
    } finally {
      await build.close()
    }
  }
}

function inputOptions(cwd: string): InputOptions {
  return {
    cwd,
    platform: 'node',
    external: ['electron', /^node:/, ...builtinModules],
    // ws would look for two native helpers that are not installed; without them nothing is asked for at run time.
    transform: {
      define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
    },
    tsconfig: join(cwd, 'tsconfig.json'),
    onLog: (level, log, handle) => {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
      handle(level, log)
    },
  }
}
