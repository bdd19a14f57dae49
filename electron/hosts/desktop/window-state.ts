/** Where the window was, for the next start. */
import { readFileSync, writeFileSync } from 'node:fs'
import { screen } from 'electron'
import type { BrowserWindow, Rectangle } from 'electron'
import { z } from 'zod'

const stateSchema = z.strictObject({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(400),
  height: z.number().int().min(300),
  maximized: z.boolean(),
})
type WindowState = z.infer<typeof stateSchema>

const DEFAULT_SIZE = { width: 1360, height: 860 }
/** This much of the title bar must be on a screen, or the window could not be moved. */
const GRIP = 80

export interface RestoredWindow {
  bounds: Partial<Rectangle>
  maximized: boolean
}

/** The last bounds, if they still lie on a screen; else a default size that the system places. */
export function restoreWindow(path: string): RestoredWindow {
  const state = readState(path)
  if (!state) return { bounds: DEFAULT_SIZE, maximized: false }
  const { maximized, ...bounds } = state
  const onScreen = screen.getAllDisplays().some(({ workArea }) => canGrip(bounds, workArea))
  const { width, height } = bounds
  return { bounds: onScreen ? bounds : { width, height }, maximized }
}

function canGrip({ x, y, width }: Rectangle, area: Rectangle): boolean {
  const overlap = Math.min(x + width, area.x + area.width) - Math.max(x, area.x)
  return overlap >= GRIP && y >= area.y - 1 && y <= area.y + area.height - GRIP
}

/** Null on the first start, and for a file that cannot be used: the default size is then as good. */
function readState(path: string): WindowState | null {
  try {
    return stateSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null
  } catch {
    return null
  }
}

/** Called as the window closes, when there is no time left to wait. */
export function rememberWindow(path: string, window: BrowserWindow): void {
  const state: WindowState = { ...window.getNormalBounds(), maximized: window.isMaximized() }
  writeFileSync(path, JSON.stringify(state))
}
