import { describe, expect, it } from 'vitest'
import { previewTable } from '../../../../core/data/preview.ts'
import { readTable } from '../../../../core/data/read-table.ts'
import { sourceOf } from '../../../../core/data/source.ts'
import { concreteDocumentSchema } from '../../../../core/experiments/document.ts'
import type { DatasetEntry } from '../../../../core/protocol.ts'
import { blankDocument, starterDocument } from '../../../../renderer/composables/starter-document.ts'
import { bytesOf, echoesCsv, housesCsv } from '../../../support/fake-machine/sample-data.ts'

const entry: DatasetEntry = {
  id: 'a',
  fileName: 'table.csv',
  bytes: 1,
  sha256: '',
  importedAt: '',
  rows: 1,
  columns: 1,
  file: '../../data/table.csv',
}

async function starter(csv: string, reading = {}) {
  const table = await readTable(sourceOf('table.csv', bytesOf(csv)), { memoryLimit: 1e9, ...reading })
  const document = starterDocument(entry, previewTable(table, { sha256: '', bytes: 1 }), reading)
  return concreteDocumentSchema.parse(document)
}

describe('the first experiment on a data set', () => {
  it('is a valid document for plain numbers with a class', async () => {
    const document = await starter(echoesCsv(40, 5))
    expect(document.name).toBe('table, two-layer ReLU')
    expect(document.dataset).toEqual({ file: '../../data/table.csv', target: 'class' })
    expect(document.preprocess).toEqual([{ step: 'standardize' }])
    expect(document.methods.map(({ id }) => id)).toEqual(['convex', 'sgd'])
  })

  it('fills missing cells, encodes categories and does not divide by a deviation of zero', async () => {
    const { preprocess } = await starter(housesCsv())
    expect(preprocess).toEqual([{ step: 'impute', with: 'mean' }, { step: 'one-hot' }, { step: 'center' }])
  })

  it('leaves out a column of names, which would become a feature a row', async () => {
    const { dataset, preprocess } = await starter('who,x,class\nanna,1,a\nbob,2,b\ncleo,3,a\ndora,5,b\n')
    expect(dataset).toMatchObject({ target: 'class', exclude: ['who'] })
    expect(preprocess).toEqual([{ step: 'standardize' }])
  })

  it('counts columns where the file does not name them, and keeps how the file is read', async () => {
    const { dataset } = await starter('1,2,0\n3,4,1\n5,7,0\n', { header: false })
    expect(dataset).toEqual({ file: '../../data/table.csv', header: false, target: 2 })
  })

  it('is valid without any file', () => {
    expect(concreteDocumentSchema.parse(blankDocument()).dataset).toMatchObject({ generator: 'planted' })
  })
})
