/** The main job in a real Chromium: one window, from a dropped file to exported weights. */
import { readFile } from 'node:fs/promises'
import { unzipSync } from 'fflate'
import type { Locator } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNpy } from '../../core/export/npy.ts'
import { dropFile, openWorkbench, type Workbench } from '../support/browser-host.ts'

/** Two overlapping groups of 30 points each in three dimensions, with a text label: made by arithmetic, the same always. */
function csvOfTwoGroups(): string {
  const lines = Array.from({ length: 60 }, (_, i) => {
    const side = i % 2 ? 1 : -1
    const wave = (k: number) => Math.sin((i + 1) * k)
    return [side * 0.4 + wave(1.3), wave(2.1) * side + 0.3, wave(0.7) - side * 0.2]
      .map((value) => value.toFixed(4))
      .concat(i % 2 ? 'yes' : 'no')
      .join(',')
  })
  return ['length,width,height,answer', ...lines].join('\r\n')
}

let bench: Workbench
const page = () => bench.page
const button = (name: string | RegExp, exact = false) => page().getByRole('button', { name, exact })
const rail = (view: string) =>
  page().getByRole('navigation', { name: 'Views' }).getByRole('button', { name: view })
const runButton = () => button('Run Ctrl Enter')
const results = () => page().getByRole('treegrid', { name: 'Results by method' })
const rowOf = (method: string) => results().getByRole('row').filter({ hasText: method }).first()

async function textOf(locator: Locator): Promise<string> {
  return (await locator.innerText()).replace(/\s+/g, ' ')
}

async function exported(choose: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page().waitForEvent('download'), choose()])
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) }
}

async function exportItem(name: RegExp): Promise<{ name: string; bytes: Buffer }> {
  return exported(async () => {
    await button('Export').click()
    await page().getByRole('menuitem', { name }).first().click()
  })
}

/** @returns a function that gives the milliseconds from the next click to the word's first appearance in the results */
async function millisecondsFromClickTo(word: string): Promise<() => Promise<number>> {
  const handle = await results().evaluateHandle((table, wanted) => {
    const taken = new Promise<number>((resolve) => {
      window.addEventListener(
        'click',
        () => {
          const clicked = performance.now()
          const seen = new MutationObserver(() => {
            if (!table.textContent.includes(wanted)) return
            seen.disconnect()
            resolve(performance.now() - clicked)
          })
          seen.observe(table, { subtree: true, childList: true, characterData: true })
        },
        { once: true, capture: true },
      )
    })
    return { taken }
  }, word)
  return () => handle.evaluate(({ taken }) => taken)
}

beforeAll(async () => {
  bench = await openWorkbench()
  bench.page.setDefaultTimeout(15_000)
})
afterAll(() => bench?.close())

describe('the first minute', () => {
  it('opens on an example that one click runs to a proof', async () => {
    await runButton().click()
    await rowOf('Convex').getByText('solved').waitFor()
    await rowOf('SGD').getByText('iteration limit').waitFor()
    await page()
      .getByText(/proved optimal for the network/)
      .first()
      .waitFor()
    expect(await textOf(rowOf('Convex'))).toMatch(/◆|proved/)
  })
})

describe('a file of one’s own', () => {
  it('is imported by dropping it on the window, with a preview', async () => {
    await dropFile(page(), 'groups.csv', csvOfTwoGroups())
    await page().getByRole('heading', { name: 'groups.csv' }).waitFor()
    await page().getByText('answer').first().waitFor()
    await page().getByText(/60/).first().waitFor()
  })

  it('becomes an experiment whose methods say whether they apply', async () => {
    await button('Use in a new experiment').click()
    await page()
      .getByText(/48 \+ 12 test × 3, rank 3, 2 classes/)
      .waitFor()
    await button(/not apply to this problem/).click()
    await page().getByRole('checkbox', { name: 'Closed form' }).waitFor()
    await page()
      .getByText(/The closed form needs/)
      .first()
      .waitFor()
  })

  it('runs three methods; one that is cancelled keeps its best iterate', async () => {
    for (const method of ['Convex program', 'Least squares']) {
      const box = page().getByRole('checkbox', { name: method, exact: true })
      if (!(await box.isChecked())) await box.click()
    }
    await button('Settings of SGD, momentum').click()
    await page().getByLabel('Epochs', { exact: true }).fill('200000')
    await page().getByLabel('Epochs', { exact: true }).press('Enter')
    await page().getByText('Saved', { exact: true }).waitFor()
    await runButton().click()
    const cancel = button(/^Cancel SGD/)
    await cancel.waitFor()
    await page().waitForTimeout(1500)
    const took = await millisecondsFromClickTo('cancelled')
    await cancel.first().click()
    await rowOf('SGD').getByText('cancelled').first().waitFor()
    console.log(`From cancel to stopped, as the window shows it: ${Math.round(await took())} ms.`)
    expect(await textOf(rowOf('SGD'))).toMatch(/cancelled .*\d+\.\d+/)
    await rowOf('Convex').getByText('solved').waitFor()
    await rowOf('Least squares').getByText('solved').waitFor()
  })

  it('exports weights, table, result and report', async () => {
    const weights = await exportItem(/Weights of Convex/)
    expect(weights.name).toMatch(/\.npz$/)
    const arrays = unzipSync(weights.bytes)
    const W1 = readNpy(arrays['W1.npy'])
    const W2 = readNpy(arrays['W2.npy'])
    expect(W1.shape[0]).toBe(3)
    expect(W1.shape[1]).toBe(W2.shape[0])

    const table = (await exportItem(/Table of runs/)).bytes.toString()
    expect(table.split('\n')[0]).toMatch(/objective/)
    expect(table).toMatch(/convex/)

    const result = JSON.parse((await exportItem(/^Result/)).bytes.toString()) as {
      version: number
      runs: unknown[]
    }
    expect(result.version).toBe(1)
    expect(result.runs.length).toBeGreaterThanOrEqual(3)

    const report = (await exportItem(/Report/)).bytes.toString()
    expect(report).toMatch(/^<!doctype html>/i)
    expect(report).toMatch(/<svg/)
    expect(report).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/)
  })

  it('refuses bad input where it is typed, and keeps what was typed', async () => {
    const beta = page().getByLabel('Weight decay β')
    await beta.fill('-1')
    await beta.press('Tab')
    await page()
      .getByText(/problem to solve first/)
      .waitFor()
    expect(await runButton().isDisabled()).toBe(true)
    expect(await beta.inputValue()).toBe('-1')
    await beta.fill('0.1')
    await beta.press('Tab')
    await page().getByText('Saved', { exact: true }).waitFor()
    expect(await runButton().isEnabled()).toBe(true)
  })

  it('says what is wrong with a file that is no table', async () => {
    await dropFile(page(), 'ragged.csv', 'a,b,c\n1,2,3\n4,5\n')
    await page().getByText('ragged.csv, row 3').waitFor()
  })
})

describe('a path in β', () => {
  const DOCUMENT = {
    version: 1,
    name: 'A short path',
    dataset: { generator: 'planted', n: 24, d: 2, neurons: 2, seed: 5 },
    split: { test: 0.25, seed: 1 },
    network: { family: 'relu' },
    loss: 'squared',
    beta: 0.1,
    methods: [{ id: 'path', points: 6 }],
  }

  it('is drawn point by point, read with the keyboard, and saved as a table', async () => {
    await dropFile(page(), 'path.bidual', JSON.stringify(DOCUMENT))
    await page().getByRole('checkbox', { name: 'Path in β', checked: true }).waitFor()
    await page().getByText('Saved', { exact: true }).waitFor()
    await runButton().click()
    await rowOf('Path in β').getByText('solved').waitFor()
    const chart = page().getByRole('img', { name: /6 values of β/ })
    await chart.focus()
    await page().keyboard.press('ArrowLeft')
    const reading = chart.getByRole('status')
    expect(await textOf(reading)).toMatch(/global.*Objective.*Lower bound.*Neurons 0.*Test/)

    const csv = await exported(async () => {
      await button('Chart menu').click()
      await page().getByRole('menuitem', { name: 'Save data as CSV' }).click()
    })
    const lines = csv.bytes.toString().trim().split(/\r?\n/)
    expect(lines[0]).toMatch(/^Path,β,Status,Objective,Lower bound,Gap,Certificate,Neurons/)
    expect(lines).toHaveLength(7)
  })
})

describe('afterwards', () => {
  it('compares runs across experiments', async () => {
    await rail('Compare').click()
    const boxes = page().getByRole('checkbox', { name: /^Compare / })
    await boxes.first().waitFor()
    for (let i = 0; i < (await boxes.count()); i++)
      if (!(await boxes.nth(i).isChecked())) await boxes.nth(i).click()
    await page().getByRole('region', { name: 'Comparison' }).waitFor()
    await page()
      .getByText(/only comparable|not comparable|differ/i)
      .first()
      .waitFor()
  })

  it('finds everything again after a reload', async () => {
    await page().reload()
    await rail('Experiments').click()
    await page()
      .getByText(/groups/)
      .first()
      .click()
    await rowOf('Convex').getByText('solved').waitFor()
    await rowOf('SGD').getByText('cancelled').first().waitFor()
    await rail('Data').click()
    await page().getByText('groups.csv').first().waitFor()
  })

  it('deletes with undo', async () => {
    await rail('Experiments').click()
    const row = page()
      .getByRole('region', { name: 'Experiments' })
      .getByRole('button', { name: /^groups, / })
    await row.click()
    await row.press('Delete')
    await row.waitFor({ state: 'detached' })
    await button('Undo', true).click()
    await row.waitFor()
  })

  it('wrote nothing to the console that a developer would have to explain', () => {
    expect(bench.complaints).toEqual([])
  })
})
