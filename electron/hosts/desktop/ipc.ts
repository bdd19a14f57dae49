/** The machine for windows: requests through one handler, events through one channel each. */
import { ipcMain } from 'electron'
import type { BrowserWindow, IpcMainInvokeEvent } from 'electron'
import type { Reply } from '../../../core/bridge.ts'
import { BidualError, toErrorPayload } from '../../../core/errors.ts'
import { EVENT_NAMES } from '../../../core/protocol.ts'
import type { MachineService } from '../../machine/service.ts'
import { eventChannel, REQUEST_CHANNEL } from './channels.ts'
import { isOwnAddress } from './origin.ts'

/**
 * Answers requests of our own page's top frame, and of nothing else.
 *
 * @param onAnswered told the name of each request that was answered
 */
export function answerRequests(machine: MachineService, onAnswered: (name: string) => void): void {
  ipcMain.handle(REQUEST_CHANNEL, async (event, name: unknown, params: unknown): Promise<Reply<unknown>> => {
    try {
      refuseStrangers(event)
      const value = await machine.request(String(name), params)
      onAnswered(String(name))
      return { ok: true, value }
    } catch (error) {
      return { ok: false, error: toErrorPayload(error) }
    }
  })
}

function refuseStrangers({ senderFrame }: IpcMainInvokeEvent): void {
  if (senderFrame && senderFrame.parent === null && isOwnAddress(senderFrame.url)) return
  throw new BidualError('forbidden', 'Only the window of Bidual may ask this.')
}

/** Sends every event to a window until it is closed. */
export function sendEvents(machine: MachineService, window: BrowserWindow): void {
  const subscriptions = EVENT_NAMES.map((name) =>
    machine.on(name, (payload) => {
      if (!window.isDestroyed()) window.webContents.send(eventChannel(name), payload)
    }),
  )
  window.once('closed', () => subscriptions.forEach((end) => end()))
}
