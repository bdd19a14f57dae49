import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { startDesktop } from '../../../electron/hosts/desktop/desktop.ts'
import { BrowserWindow, system } from '../../support/electron-stand-in/index.ts'
import { temporaryFolder } from '../../support/machine.ts'

vi.mock('electron', () => import('../../support/electron-stand-in/index.ts'))

it('a second instance ends at once, before it touches anything', async () => {
  system.isFirstInstance = false
  await startDesktop([])
  system.isFirstInstance = true
  expect(system.quits).toBe(1)
  expect(system.schemes).toEqual([])
  expect(BrowserWindow.getAllWindows()).toEqual([])
})

it('a workspace that cannot be opened is said in a box before the application ends', async () => {
  await using folder = await temporaryFolder()
  await mkdir(join(folder.path, 'Documents'))
  await writeFile(join(folder.path, 'Documents', 'Bidual'), 'a file in its place')
  system.folders = { documents: join(folder.path, 'Documents'), userData: folder.path }
  await startDesktop([])
  expect(system.errorBoxes).toEqual([expect.stringContaining('cannot be written to')])
  expect(system.exitCode).toBe(1)
  expect(BrowserWindow.getAllWindows()).toEqual([])
})
