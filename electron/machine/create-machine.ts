/** The machine: every request of the protocol answered by the services, for the desktop and the browser host alike. */
import { BidualError, toErrorPayload } from '../../core/errors.ts'
import { formatPath } from '../../core/experiments/document-issues.ts'
import { REQUESTS } from '../../core/protocol.ts'
import type { RequestName } from '../../core/protocol.ts'
import { appHandlers } from './app-handlers.ts'
import { datasetHandlers } from './dataset-handlers.ts'
import { experimentHandlers } from './experiment-handlers.ts'
import { createFirstExperiment } from './first-experiment.ts'
import type { Handlers } from './handlers.ts'
import { openStores } from './open-stores.ts'
import type { StoreOptions } from './open-stores.ts'
import { runHandlers } from './run-handlers.ts'
import type { MachineService } from './service.ts'
import { Services } from './services.ts'
import type { HostOptions } from './services.ts'

export type MachineOptions = StoreOptions &
  HostOptions & { /** A new workspace stays empty. */ empty?: boolean }

/**
 * Opens a workspace; a new one is given an example that can be run.
 *
 * @throws BidualError `forbidden` when the workspace cannot be written to
 */
export async function createMachine(options: MachineOptions): Promise<MachineService> {
  const services = new Services(await openStores(options), options)
  const handlers: Handlers = {
    ...appHandlers(services),
    ...datasetHandlers(services),
    ...experimentHandlers(services),
    ...runHandlers(services),
  } satisfies Handlers
  if (!options.empty) await createFirstExperiment(services.stores)
  return {
    request: (name, params) => dispatch(handlers, name, params),
    on: (name, listener) => services.events.on(name, listener),
    emit: (name, payload) => services.events.emit(name, payload),
    activeRuns: () => services.session.active().length,
    close: () => services.close(),
  }
}

/** Validates an untrusted request and performs it. @throws BidualError, always */
async function dispatch(handlers: Handlers, name: string, params: unknown): Promise<unknown> {
  if (!Object.hasOwn(REQUESTS, name)) throw new BidualError('bad-input', `There is no request "${name}".`)
  const parsed = REQUESTS[name as RequestName].params.safeParse(params)
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]
    throw new BidualError('bad-input', `${name}: ${formatPath(path)}: ${message}`, { path: formatPath(path) })
  }
  try {
    const handler = handlers[name as RequestName] as (params: unknown) => unknown
    return await handler(parsed.data)
  } catch (error) {
    if (error instanceof BidualError) throw error
    throw new BidualError('internal', toErrorPayload(error).message)
  }
}
