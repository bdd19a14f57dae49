import { rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import type { InputOptions, OutputOptions } from 'rolldown'
import { root } from './root.ts'

const folder = 'dist/electron'

interface Bundle {
  readonly entries: Readonly<Record<string, string>>
  readonly output: OutputOptions
}

/**
 * The bundles of the electron side. The hosts share chunks; the worker is one file, because every run starts a thread
 * from it; the preload is CommonJS, because a sandboxed window takes nothing else.
 */
const bundles: readonly Bundle[] = [
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

/** Modules that the bundles may ask for at run time: Electron's own and Node's. Everything else is bundled. */
export const externals: readonly (string | RegExp)[] = ['electron', /^node:/, ...builtinModules]

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
  rmSync(join(root, folder), { recursive: true, force: true })
  for (const bundle of bundles) await write(bundle)
}

async function write({ entries, output }: Bundle): Promise<void> {
  const input: InputOptions = {
    cwd: root,
    input: { ...entries },
    platform: 'node',
    external: [...externals],
    // ws would look for two native helpers that are not installed; without them nothing is asked for at run time.
    transform: {
      define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
    },
    tsconfig: join(root, 'tsconfig.json'),
    // A module that is not found would be left outside and be missing in the package: an error, not a warning.
    onLog: (level, log, handle) => {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
      handle(level, log)
    },
  }
  // Loaded when needed: most starts build nothing.
  const { rolldown } = await import('rolldown')
  const build = await rolldown(input)
  try {
    await build.write({ dir: join(root, folder), sourcemap: false, ...output })
  } finally {
    await build.close()
  }
}
