/** About the program: what it is, its settings, saving a file where the person says. */
import { BidualError } from '../../core/errors.ts'
import type { Handlers } from './handlers.ts'
import type { Services } from './services.ts'

export const appHandlers = (services: Services) =>
  ({
    getAppInfo: () => services.info,
    getSettings: () => services.stores.settings.current,
    setSettings: async (change) => {
      const changed = await services.stores.settings.change(change)
      services.settingsChanged()
      return changed
    },
    saveFile: async ({ fileName, bytes }) => {
      if (services.saveFile) return services.saveFile(fileName, bytes)
      throw new BidualError('unsupported', 'This window runs in a browser, which saves files itself.')
    },
  }) satisfies Partial<Handlers>
