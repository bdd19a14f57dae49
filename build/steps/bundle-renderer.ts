import { join } from 'node:path'
import { root } from './root.ts'

/** Bundles the window into dist/renderer. */
export async function bundleRenderer(): Promise<void> {
  // Loaded when needed: most starts build nothing.
  const { build } = await import('vite')
  const before = process.env.NODE_ENV
  await build({ configFile: join(root, 'build', 'vite.config.ts'), logLevel: 'warn' })
  // Vite leaves "production" behind; tests started from this process would run against production Vue.
  if (before === undefined) delete process.env.NODE_ENV
  else process.env.NODE_ENV = before
}
