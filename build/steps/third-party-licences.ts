import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface LockedPackage {
  readonly version: string
  readonly license?: string
  readonly dev?: boolean
  readonly optional?: boolean
}

/**
 * The licences of the packages that are bundled: those that package-lock.json lists and that are not for development only.
 *
 * @param root - The checkout, with its packages installed.
 * @returns One text: for each package its name, version, licence and the text that the package brings.
 */
export function thirdPartyLicences(root: string): string {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> }
  return Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== '' && !dev && !optional)
    .map(([path, found]) => notice(root, path, found))
    .join('\n')
}

function notice(root: string, path: string, { version, license }: LockedPackage): string {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const heading = `${name} ${version} (${license ?? 'licence: see its text'})`
  return `${heading}\n${'-'.repeat(heading.length)}\n\n${licenceTexts(join(root, path))}\n`
}

function licenceTexts(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice)/i.test(entry.name))
    .map(({ name }) => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n')
}
