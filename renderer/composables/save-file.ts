import { useMachineStore } from '../stores/machine.ts'
import { useNoticesStore } from '../stores/notices.ts'

/** Milliseconds that a download keeps its bytes; browsers have begun to read them by then. */
const RELEASE_AFTER = 60_000

function download(fileName: string, bytes: Uint8Array<ArrayBuffer>): void {
  const address = URL.createObjectURL(new Blob([bytes]))
  Object.assign(document.createElement('a'), { href: address, download: fileName }).click()
  setTimeout(() => URL.revokeObjectURL(address), RELEASE_AFTER)
}

/** A name that every file system takes. */
export const plainFileName = (name: string) =>
  name
    .replace(/[\\/:*?"<>|]+/g, '-')
    .replace(/^\.+/, '')
    .trim()
    .slice(0, 160) || 'bidual'

/** @returns a function that saves bytes: with the desktop's dialog, or as a download of the browser. */
export function useSaveFile(): (fileName: string, content: Uint8Array | string) => Promise<void> {
  const machine = useMachineStore()
  const notices = useNoticesStore()
  return async (fileName, content) => {
    const bytes = new Uint8Array(typeof content === 'string' ? new TextEncoder().encode(content) : content)
    const name = plainFileName(fileName)
    if (machine.info?.host !== 'desktop') {
      download(name, bytes)
      return
    }
    const saved = await machine.request('saveFile', { fileName: name, bytes })
    if (saved) notices.show({ message: `Saved ${name}.`, detail: saved.savedAs, tone: 'positive' })
  }
}
