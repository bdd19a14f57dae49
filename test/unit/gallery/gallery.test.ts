import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { prepareProblem } from '../../../core/data/prepare.ts'
import { readTable } from '../../../core/data/read-table.ts'
import { sourceOf } from '../../../core/data/source.ts'
import { methodApplies } from '../../../core/experiments/catalog.ts'
import { concreteDocumentSchema, isFileDataset } from '../../../core/experiments/document.ts'
import { FILE_GALLERY, GALLERY, type GalleryEntry } from '../../../core/experiments/gallery.ts'

const bundled = (name: string) =>
  fileURLToPath(new URL(`../../../build/resources/examples/${name}`, import.meta.url))

async function prepare({ document }: GalleryEntry) {
  const concrete = concreteDocumentSchema.parse(document)
  const { dataset } = concrete
  const table = isFileDataset(dataset)
    ? await readTable(sourceOf(dataset.file, readFileSync(bundled(dataset.file))), { memoryLimit: 1e8 })
    : undefined
  return prepareProblem({ document: concrete, table, allocate: (length) => new Float64Array(length) })
}

describe('the gallery', () => {
  it.each([...GALLERY, ...FILE_GALLERY])(
    '$id: the document is valid, its data can be had, its methods apply',
    async (entry) => {
      const { problem } = await prepare(entry)
      const { network, loss, beta, summary } = problem
      for (const settings of concreteDocumentSchema.parse(entry.document).methods) {
        const { applies, because } = methodApplies({ network, loss, beta, summary }, settings)
        expect(applies, `${settings.id}: ${because}`).toBe(true)
      }
      expect(entry.title).not.toBe('')
      expect(entry.description).toMatch(/\.$/)
    },
  )

  it('has unique names', () => {
    const ids = [...GALLERY, ...FILE_GALLERY].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('makes its own data where no file is named', () => {
    for (const { document } of GALLERY) expect('generator' in document.dataset).toBe(true)
  })

  it('has the file example beside its table, for the command line', () => {
    for (const { id, document } of FILE_GALLERY) {
      expect(JSON.parse(readFileSync(bundled(`${id}.json`), 'utf8'))).toEqual(document)
    }
  })

  it('covers the closed form and indicators', async () => {
    const byId = new Map([...GALLERY, ...FILE_GALLERY].map((entry) => [entry.id, entry]))
    const whitened = await prepare(byId.get('batch-norm-closed-form')!)
    expect(whitened.problem.summary).toMatchObject({ labels: 'one-hot', rankWithOnes: 30 })
    const plants = await prepare(byId.get('plants')!)
    expect(plants.features).toEqual(expect.arrayContaining(['soil = clay', 'soil = loam', 'soil = sand']))
    expect(plants.problem.test?.X.rows).toBe(18)
  })
})
