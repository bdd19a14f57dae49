/** The settings file: checked when read, replaced at once when written. */
import { BidualError } from '../../core/errors.ts'
import { settingsSchema } from '../../core/protocol.ts'
import type { Settings } from '../../core/protocol.ts'
import type { Disk } from './disk.ts'
import { readJson } from './disk.ts'

export class SettingsStore {
  readonly #disk: Disk
  readonly #path: string
  #settings: Settings

  private constructor(disk: Disk, path: string, settings: Settings) {
    this.#disk = disk
    this.#path = path
    this.#settings = settings
  }

  /** @param warn told when a damaged file was set aside; the defaults then hold */
  static async open(disk: Disk, path: string, warn: (message: string) => void): Promise<SettingsStore> {
    return new SettingsStore(disk, path, await readSettings(path, warn))
  }

  get current(): Settings {
    return this.#settings
  }

  /** @throws BidualError `disk-full`; the settings then stay as they were */
  async change(change: Partial<Settings>): Promise<Settings> {
    const parsed = settingsSchema.safeParse({ ...this.#settings, ...change })
    if (!parsed.success) throw new BidualError('bad-input', `Settings: ${parsed.error.issues[0].message}`)
    await this.#disk.writeFile(this.#path, `${JSON.stringify(parsed.data, null, 2)}\n`)
    this.#settings = parsed.data
    return this.#settings
  }
}

async function readSettings(path: string, warn: (message: string) => void): Promise<Settings> {
  try {
    const parsed = settingsSchema.safeParse((await readJson(path)) ?? {})
    if (parsed.success) return parsed.data
    warn(`${path}: ${parsed.error.issues[0].message}; the default settings hold.`)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    warn(`${path} is not JSON; the default settings hold.`)
  }
  return settingsSchema.parse({})
}
