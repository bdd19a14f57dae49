import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../setup/child.mjs'
import { bringUpToDate } from '../steps/bring-up-to-date.ts'
import { root } from '../steps/root.ts'
import { targets } from '../steps/targets.ts'
import { thirdPartyLicences } from '../steps/third-party-licences.ts'

/**
 * `npm run package [-- flags]`: installers for this platform in release/. electron-builder fetches Electron's distribution
 * and the tools of each format, from outside the package registry.
 *
 * @param args - Passed to electron-builder: `--linux`, `--mac`, `--win`, `--x64`, `--arm64`, `--dir` …
 * @returns The exit code of electron-builder.
 */
export async function main(args: readonly string[]): Promise<number> {
  await bringUpToDate(Object.values(targets), console.log)
  writeFileSync(join(root, 'dist', 'third-party-licences.txt'), thirdPartyLicences(root))
  const builder = join(root, 'node_modules', 'electron-builder', 'cli.js')
  const config = join(root, 'build', 'electron-builder.config.mjs')
  return run(process.execPath, [builder, '--config', config, '--publish', 'never', ...args], { cwd: root })
}
