import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prepareProblem } from '../../../core/data/prepare.ts'
import { groupByClass, splitRows } from '../../../core/data/split.ts'
import type { DocumentInput } from '../../../core/experiments/document.ts'
import { problemSummarySchema } from '../../../core/experiments/result.ts'
import { multiply } from '../../../core/linalg/products.ts'
import { documentFor, errorOf, prepareText } from './fixtures.ts'

const rows = (X: { rows: number; row: (i: number) => Float64Array }) =>
  Array.from({ length: X.rows }, (_, i) => [...X.row(i)])
const binary = 'a,b,class\n1,2,no\n2,1,yes\n3,5,no\n4,4,yes\n'
const three = 'a,y\n1,0\n2,1\n3,2\n4,1\n'

describe('targets', () => {
  it('codes two classes as −1 and +1 in label order', async () => {
    const { problem } = await prepareText(binary)
    expect([...problem.Y.data]).toEqual([-1, 1, -1, 1])
    expect(problem.summary).toMatchObject({
      labels: 'sign',
      classes: ['no', 'yes'],
      classCounts: [2, 2],
      outputs: 1,
    })
    expect(problemSummarySchema.parse(problem.summary)).toEqual(problem.summary)
  })

  it.each<[string, Partial<DocumentInput>, string, number, string[]]>([
    ['0/1 under squared', { dataset: { file: 'x', target: 'b' } }, 'sign', 1, ['0', '1']],
    ['whole numbers under squared', {}, 'real', 1, []],
    ['whole numbers under cross-entropy', { loss: 'cross-entropy' }, 'one-hot', 3, ['0', '1', '2']],
    [
      'whole numbers, one-hot asked',
      { network: { family: 'relu', outputs: 'one-hot' } },
      'one-hot',
      3,
      ['0', '1', '2'],
    ],
    [
      '0/1 under cross-entropy',
      { loss: 'cross-entropy', dataset: { file: 'x', target: 'b' } },
      'one-hot',
      2,
      ['0', '1'],
    ],
    ['two columns', { dataset: { file: 'x', target: ['b', 'y'] } }, 'real', 2, []],
  ])('%s', async (_what, parts, labels, outputs, classes) => {
    const { problem } = await prepareText('a,b,y\n1,0,0\n2,1,1\n3,0,2\n4,1,1\n', parts)
    expect(problem.summary).toMatchObject({ labels, outputs, classes })
    expect([problem.Y.rows, problem.Y.cols]).toEqual([4, outputs])
  })

  it('takes one-hot columns as they are', async () => {
    const parts: Partial<DocumentInput> = {
      dataset: { file: 'x', target: ['p', 'q'] },
      loss: 'cross-entropy',
    }
    const { problem } = await prepareText('a,p,q\n1,1,0\n2,0,1\n3,0,1\n', parts)
    expect(problem.summary).toMatchObject({ labels: 'one-hot', classes: ['p', 'q'], classCounts: [1, 2] })
  })

  it.each<[string, string, Partial<DocumentInput>, string, object]>([
    ['hinge with three classes', three, { loss: 'hinge' }, 'labels ±1', { column: 'y' }],
    ['logistic with quantities', 'a,y\n1,0.5\n2,1.5\n', { loss: 'logistic' }, 'labels ±1', { column: 'y' }],
    ['one class only', 'a,class\n1,x\n2,x\n', {}, 'one class only', { column: 'class' }],
    ['one numeric class', 'a,y\n1,1\n2,1\n', { loss: 'hinge' }, 'one class only', { column: 'y' }],
    [
      'a target that is not there',
      binary,
      { dataset: { file: 'x', target: 'label' } },
      '"class"',
      { path: 'dataset.target' },
    ],
    [
      'an index beyond',
      binary,
      { dataset: { file: 'x', target: 9 } },
      'column 9',
      { path: 'dataset.target' },
    ],
    ['a missing label', 'a,y\n1,0\n2,\n3,1\n', {}, 'missing', { row: 3, column: 'y' }],
    ['text among numeric labels', 'a,y\n1,0\n2,1\n3,abc\n4,1\n', {}, '"abc"', { row: 4, column: 'y' }],
    [
      'scalar outputs, three classes',
      'a,y\n1,p\n2,q\n3,r\n',
      { network: { family: 'relu', outputs: 'scalar' } },
      'two classes',
      { path: 'network.outputs' },
    ],
    [
      'one-hot quantities',
      'a,y\n1,.5\n2,1\n',
      { network: { family: 'relu', outputs: 'one-hot' } },
      'quantities',
      {},
    ],
    [
      'hinge, one-hot',
      binary,
      { loss: 'hinge', network: { family: 'relu', outputs: 'one-hot' } },
      'one output',
      {},
    ],
    [
      'two targets under hinge',
      'a,b,y\n1,2,3\n4,5,6\n',
      { loss: 'hinge', dataset: { file: 'x', target: ['a', 'y'] } },
      '2 outputs',
      {},
    ],
    ['a target and nothing else', 'y\n1\n2\n', {}, 'at least one feature', { path: 'dataset' }],
    ['one row', 'a,y\n1,2\n', {}, 'two training rows', { path: 'split' }],
  ])('%s is refused with its place', async (_what, text, parts, message, place) => {
    const error = await errorOf(prepareText(text, parts))
    expect(error.code).toBe('bad-input')
    expect(error.message).toContain(message)
    expect(error.place).toMatchObject(place)
  })
})

describe('features', () => {
  it.each<[string, string, string, object]>([
    ['text', 'a,b,y\n1,red,1.5\n2,blue,2\n3,red,4\n', 'one-hot', { row: 2, column: 'b' }],
    ['a stray cell', 'a,y\n1,1.5\n2,2\nabc,4\n', '"abc"', { file: 'table.csv', row: 4, column: 'a' }],
    ['infinity', 'a,y\n1,1.5\ninf,2\n3,4\n', 'finite', { row: 3, column: 'a' }],
    ['a missing cell', 'a,y\n1,1.5\n,2\n3,4\n', 'impute', { row: 3, column: 'a' }],
  ])('%s is refused with its place', async (_what, text, message, place) => {
    const error = await errorOf(prepareText(text))
    expect(error.message).toContain(message)
    expect(error.place).toMatchObject(place)
  })

  it('leaves out excluded columns', async () => {
    const { features } = await prepareText('id,name,a,y\n1,x,5,1.5\n2,y,6,2\n', {
      dataset: { file: 'x', exclude: ['id', 1] },
    })
    expect(features).toEqual(['a'])
  })

  it('are refused when X and Y would not fit, before anything is allocated', async () => {
    const allocate = () => {
      throw new Error('allocated')
    }
    expect((await errorOf(prepareText(binary, {}, { memoryLimit: 60, allocate }))).code).toBe('too-large')
  })
})

describe('steps', () => {
  it('append-ones adds a last constant feature, untouched by the steps before it', async () => {
    const text = 'a,kind,y\n1,p,1\n2,q,0\n3,p,1\n6,q,0\n'
    const { problem, features, warnings } = await prepareText(text, {
      preprocess: [{ step: 'center' }, { step: 'one-hot' }, { step: 'append-ones' }],
    })
    expect(features).toEqual(['a', 'kind = p', 'kind = q', '1'])
    expect([...problem.X.row(0)]).toEqual([-2, 1, 0, 1])
    expect([...problem.X.columnCopy(3)]).toEqual([1, 1, 1, 1])
    expect(warnings).toEqual([])
  })

  it('standardize, center and unit-columns do what they say', async () => {
    const text = 'a,b,y\n1,10,1.5\n2,20,2\n6,30,4\n'
    const standard = await prepareText(text, { preprocess: [{ step: 'standardize' }] })
    const sd = Math.sqrt(7)
    expect([...standard.problem.X.columnCopy(0)]).toEqual(
      [-2, -1, 3].map((value): unknown => expect.closeTo(value / sd, 14)),
    )
    expect(standard.fitted[0]).toMatchObject({
      columns: ['a', 'b'],
      parameters: { mean: [3, 20], sd: [sd, 10] },
    })
    const centered = await prepareText(text, { preprocess: [{ step: 'center' }] })
    expect([...centered.problem.X.columnCopy(1)]).toEqual([-10, 0, 10])
    const unit = await prepareText(text, { preprocess: [{ step: 'unit-columns' }] })
    expect(Math.hypot(...unit.problem.X.columnCopy(0))).toBeCloseTo(1, 14)
    const scaled = await prepareText(text, { preprocess: [{ step: 'scale', by: 0.5 }] })
    expect([...scaled.problem.X.columnCopy(1)]).toEqual([5, 10, 15])
  })

  it('fits on training rows only', async () => {
    const text = `a,y\n${Array.from({ length: 20 }, (_, i) => `${i},${i + 0.5}`).join('\n')}\n`
    const { problem, fitted } = await prepareText(text, {
      preprocess: [{ step: 'center' }],
      split: { test: 0.25 },
    })
    const mean = fitted[0].parameters.mean[0]
    expect(problem.X.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 10)
    const all = [...problem.X.data, ...problem.test!.X.data]
      .map((value) => Math.round(value + mean))
      .sort((a, b) => a - b)
    expect(all).toEqual(Array.from({ length: 20 }, (_, i) => i))
  })

  it('names the constant column that cannot be standardised, and warns of it otherwise', async () => {
    const text = 'a,b,y\n1,7,1.5\n2,7,2\n3,7,4\n'
    const error = await errorOf(prepareText(text, { preprocess: [{ step: 'standardize' }] }))
    expect(error.place).toMatchObject({ column: 'b', path: 'preprocess[0]' })
    expect((await prepareText(text)).warnings[0]).toContain('"b"')
  })

  it('one-hot makes an indicator for each training category, in place and order', async () => {
    const text = 'a,c,y\n1,red,1.5\n2,blue,2\n3,red,4\n'
    const { problem, features } = await prepareText(text, {
      preprocess: [{ step: 'standardize' }, { step: 'one-hot' }],
    })
    expect(features).toEqual(['a', 'c = blue', 'c = red'])
    expect(rows(problem.X)).toEqual([
      [-1, 0, 1],
      [0, 1, 0],
      [1, 0, 1],
    ])
    const codes = await prepareText('a,c,y\n1,3,1.5\n2,4,2\n3,x,4\n', {
      preprocess: [{ step: 'one-hot', columns: ['c'] }],
    })
    expect(codes.features).toEqual(['a', 'c = 3', 'c = 4', 'c = x'])
  })

  it('gives zeros to categories of test rows only, and says so', async () => {
    const text = `c,y\n${Array.from({ length: 12 }, (_, i) => `k${i},${i + 0.5}`).join('\n')}\n`
    const prepared = await prepareText(text, { preprocess: [{ step: 'one-hot' }], split: { test: 0.25 } })
    expect(prepared.features).toHaveLength(9)
    expect(prepared.problem.test!.X.data.every((value) => value === 0)).toBe(true)
    expect(prepared.warnings.join()).toContain('test rows only')
  })

  it('imputes mean, zero and shares of categories, before or after one-hot, or drops rows', async () => {
    const text = 'a,c,y\n1,p,1.5\n,q,2\n3,,4\n2,p,5\n'
    const early = await prepareText(text, {
      preprocess: [{ step: 'impute', with: 'mean' }, { step: 'one-hot' }],
    })
    const late = await prepareText(text, {
      preprocess: [{ step: 'one-hot' }, { step: 'impute', with: 'mean' }],
    })
    expect(rows(early.problem.X)).toEqual(rows(late.problem.X))
    expect(rows(early.problem.X)[1]).toEqual([2, 0, 1])
    expect(rows(early.problem.X)[2]).toEqual([3, 2 / 3, 1 / 3])
    const zero = await prepareText(text, {
      preprocess: [{ step: 'one-hot' }, { step: 'impute', with: 'zero' }],
    })
    expect(rows(zero.problem.X)[2]).toEqual([3, 0, 0])
    const dropped = await prepareText(text, {
      preprocess: [{ step: 'impute', with: 'drop-row' }, { step: 'one-hot' }],
    })
    expect([...dropped.problem.Y.data]).toEqual([1.5, 5])
    expect(dropped.fitted[0].sentence).toContain('2 of 4 rows')
  })

  it('whitens rows to X Xᵀ = I and maps test rows by the same matrix', async () => {
    const body = Array.from({ length: 6 }, (_, i) =>
      [...Array.from({ length: 9 }, (_, j) => Math.sin(1 + 7 * i + 3 * j * (i + 1))), i % 2].join(','),
    )
    const text = `a,b,c,d,e,f,g,h,i,y\n${body.join('\n')}\n`
    const raw = await prepareText(text, { split: { test: 0.34 } })
    const white = await prepareText(text, { split: { test: 0.34 }, preprocess: [{ step: 'whiten' }] })
    expect(white.problem.summary.whitenedError).toBeLessThan(1e-12)
    // With X = UΣVᵀ, S = X·(UVᵀ)ᵀ = UΣUᵀ and (UVᵀ)·(TW)ᵀ = UΣ⁻¹VᵀTᵀ, so S² times that is XTᵀ.
    const gram = multiply(raw.problem.X, raw.problem.test!.X, { transposeB: true })
    const image = multiply(white.problem.X, white.problem.test!.X, { transposeB: true })
    const S = multiply(raw.problem.X, white.problem.X, { transposeB: true })
    const mixed = multiply(multiply(S, S), image)
    gram.data.forEach((value, i) => expect(mixed.data[i]).toBeCloseTo(value, 10))
  })

  it('whitening warns when rows cannot be orthonormal and refuses text', async () => {
    const tall = await prepareText('a,y\n1,1.5\n2,2\n3,4\n', { preprocess: [{ step: 'whiten' }] })
    expect(tall.warnings[0]).toContain('not the identity')
    const text = 'a,c,y\n1,p,1.5\n2,q,2\n'
    const error = await errorOf(prepareText(text, { preprocess: [{ step: 'whiten' }, { step: 'one-hot' }] }))
    expect(error.place?.path).toBe('preprocess[0]')
  })

  it('subsamples each class, the same for the same seed, and refuses quantities', async () => {
    const text = `a,class\n${Array.from({ length: 30 }, (_, i) => `${i},${i % 3 ? 'big' : 'small'}`).join('\n')}\n`
    const draw = (seed: number) =>
      prepareText(text, { preprocess: [{ step: 'subsample', perClass: 4, seed }] })
    const [first, again, other] = [await draw(1), await draw(1), await draw(2)]
    expect(first.problem.summary.classCounts).toEqual([4, 4])
    expect([...first.problem.X.data]).toEqual([...again.problem.X.data])
    expect([...first.problem.X.data]).not.toEqual([...other.problem.X.data])
    const error = await errorOf(
      prepareText('a,y\n1,.5\n2,.25\n', { preprocess: [{ step: 'subsample', perClass: 1 }] }),
    )
    expect(error.message).toContain('quantities')
  })

  it('that overflow are refused', async () => {
    const error = await errorOf(
      prepareText('a,y\n1e200,1.5\n2,2\n', { preprocess: [{ step: 'scale', by: 1e200 }] }),
    )
    expect(error.message).toContain('not finite')
  })
})

describe('split', () => {
  it('partitions the rows, keeps every class in training and holds out the right number', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 12, maxLength: 60 }),
        fc.integer({ min: 5, max: 50 }),
        fc.integer({ min: 0, max: 1000 }),
        (labels, percent, seed) => {
          const names = [...new Set(labels)].sort()
          const classOf = Int32Array.from(labels, (label) => names.indexOf(label))
          const settings = { test: percent / 100, seed, stratify: true }
          const { train, test } = splitRows(settings, labels.length, classOf)
          expect([...train, ...test].sort((a, b) => a - b)).toEqual(labels.map((_, i) => i))
          const inTraining = new Set([...train].map((i) => classOf[i]))
          expect(inTraining.size).toBe(groupByClass(classOf).length)
          expect(test.length).toBeLessThanOrEqual(Math.round(settings.test * labels.length))
        },
      ),
    )
  })

  it('is the same for the same seed and refuses to hold out nothing', () => {
    const settings = { test: 0.3, seed: 4, stratify: false }
    expect(splitRows(settings, 50, null)).toEqual(splitRows(settings, 50, null))
    expect(splitRows({ ...settings, seed: 5 }, 50, null)).not.toEqual(splitRows(settings, 50, null))
    expect(() => splitRows({ ...settings, test: 0.01 }, 10, null)).toThrow('holds out none')
  })

  it('refuses a class without training rows', () => {
    const classOf = Int32Array.from({ length: 20 }, (_, i) => (i === 0 ? 1 : 0))
    const seeds = Array.from({ length: 20 }, (_, seed) => seed)
    const outcomes = seeds.map((seed) => {
      try {
        return splitRows({ test: 0.5, seed, stratify: false }, 20, classOf).train.includes(0)
      } catch (error) {
        return (error as Error).message
      }
    })
    expect(outcomes.every((outcome) => outcome === true || String(outcome).includes('no training row'))).toBe(
      true,
    )
    expect(new Set(outcomes.map(String)).size).toBe(2)
  })
})

describe('generators', () => {
  const prepare = (dataset: DocumentInput['dataset'], parts: Partial<DocumentInput> = {}) =>
    prepareProblem({
      document: documentFor({ dataset, ...parts }),
      allocate: (length) => new Float64Array(length),
    })

  it('make the data that they promise', () => {
    expect(prepare({ generator: 'spiral', n: 31 }).problem.summary).toMatchObject({
      n: 31,
      d: 2,
      classCounts: [16, 15],
    })
    expect(prepare({ generator: 'whitened' }).problem.summary.whitenedError).toBeLessThan(1e-14)
    const { summary, X } = prepare({ generator: 'rank-one', d: 4 }).problem
    expect(summary).toMatchObject({ rank: 1, rankCentered: 1, labels: 'real' })
    expect(X.data.some((value) => value !== 0)).toBe(true)
    expect(prepare({ generator: 'planted', task: 'classification' }).problem.summary.classCounts).toEqual([
      50, 50,
    ])
    expect([...prepare({ generator: 'points-1d', x: [0, 2], y: [1, 5] }).problem.Y.data]).toEqual([1, 5])
  })

  it('depend on their seed alone', () => {
    const hash = (seed: number) => prepare({ generator: 'planted', seed }).problem.summary.sha256
    expect(hash(1)).toBe(hash(1))
    expect(hash(1)).not.toBe(hash(2))
  })

  it('refuse settings that contradict each other', () => {
    expect(() => prepare({ generator: 'whitened', n: 5, d: 4 })).toThrow('n ≤ d')
    expect(() => prepare({ generator: 'points-1d', x: [0, 1], y: [0, 1, 2] })).toThrow('one y for each x')
  })
})
