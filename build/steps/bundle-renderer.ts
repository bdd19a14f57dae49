import { join } from 'node:path'
import { root } from './root.ts'

/** Bundles the window into dist/renderer. */
export async function bundleRenderer(): Promise<void> {
  // Loaded when needed: most starts build nothing.
  const { build } = await import('vite')
  await build({ configFile: join(root, 'build', 'vite.config.ts'), logLevel: 'warn' })
}
