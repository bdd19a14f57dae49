/** The packaged parts in a real Electron, where its binary and a display are there. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron } from 'playwright'
import type { ElectronApplication, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bringUpToDate } from '../../build/steps/bring-up-to-date.ts'
import { whyNotElectron } from '../../build/steps/choose-host.ts'
import { electronBinary } from '../../build/steps/electron-binary.ts'
import { root } from '../../build/steps/root.ts'
import { targets } from '../../build/steps/targets.ts'

const binary = electronBinary(root)
const { platform, env } = process
const obstacle = binary
  ? whyNotElectron({ args: [], platform, env, uid: process.getuid?.() })
  : 'its binary was not fetched'

if (obstacle) console.warn(`The tests in a real Electron are skipped: ${obstacle}.`)

describe.skipIf(obstacle !== undefined)(`Electron${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let folder: string
  let application: ElectronApplication
  let page: Page

  beforeAll(async () => {
    await bringUpToDate(Object.values(targets), console.log)
    folder = await mkdtemp(join(tmpdir(), 'bidual-electron-'))
    application = await _electron.launch({
      executablePath: binary,
      args: [root, `--user-data-dir=${join(folder, 'user')}`],
      env: { ...env, BIDUAL_WORKSPACE: join(folder, 'workspace') },
    })
    page = await application.firstWindow()
  })

  afterAll(async () => {
    await application.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('opens a window without Node, whose bridge answers', async () => {
    expect(page.url()).toBe('app://bidual/')
    const world = await page.evaluate(async () => ({
      node:
        typeof (globalThis as Record<string, unknown>).process +
        typeof (globalThis as Record<string, unknown>).require,
      info: await window.bidual!.getAppInfo({}),
    }))
    expect(world).toMatchObject({
      node: 'undefinedundefined',
      info: { ok: true, value: { host: 'desktop' } },
    })
  })

  it('runs the example to a proof', async () => {
    await page.getByRole('button', { name: /^Run/ }).click()
    await page
      .getByText(/proved optimal for the network/)
      .first()
      .waitFor({ timeout: 60_000 })
  })
})
