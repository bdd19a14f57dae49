import { describe, expect, it } from 'vitest'
import { prepareProblem } from '../../../core/data/prepare.ts'
import { concreteDocumentSchema } from '../../../core/experiments/document.ts'
import { problemSummarySchema } from '../../../core/experiments/result.ts'
import { shownRows } from '../../../core/geometry/shown-rows.ts'
import { spikeFacts } from '../../../core/geometry/spike-facts.ts'
import { Matrix } from '../../../core/linalg/matrix.ts'
import { dot } from '../../../core/linalg/products.ts'
import { stream } from '../../../core/random/index.ts'

const gaussian = (n: number, d: number, seed: number) => new Matrix(n, d, stream(seed).normals(n * d))

function summaryOf(dataset: object, preprocess: object[] = []) {
  const document = concreteDocumentSchema.parse({
    version: 1,
    name: 'facts',
    dataset,
    preprocess,
    network: { family: 'relu' },
    loss: 'squared',
    beta: 0.1,
    methods: [{ id: 'cutting-planes' }],
  })
  return prepareProblem({ document, allocate: (length) => new Float64Array(length) }).problem.summary
}

describe('what is known of spikes before a run', () => {
  it('comes with the prepared data, and survives as JSON', () => {
    const white = summaryOf({ generator: 'whitened', n: 6, d: 9 })
    expect(white.spikeFree?.plain).toEqual({ holds: true, rows: null })
    const planted = summaryOf({ generator: 'planted', n: 12, d: 3 })
    expect(planted.spikeFree?.plain?.holds).toBe(false)
    expect(planted.spikeFree?.bias?.holds).toBe(false)
    expect(problemSummarySchema.parse(JSON.parse(JSON.stringify(planted)))).toEqual(planted)
  })

  it('does not take long where it cannot: too many samples are not spike-free, wide ones are left to the run', () => {
    const tall = spikeFacts(gaussian(4000, 400, 1))
    expect(tall).toEqual({ plain: { holds: false, rows: null }, bias: { holds: false, rows: null } })
    const wide = spikeFacts(gaussian(300, 400, 1))
    expect(wide).toEqual({ plain: null, bias: null })
  })

  it('shows the rows of the witness first, with their inner products', () => {
    const X = gaussian(20, 3, 4)
    const facts = spikeFacts(X)
    const { rows, gram } = shownRows(X, facts)
    expect(rows.slice(0, 2)).toEqual(facts.plain!.rows)
    expect(new Set(rows).size).toBe(8)
    expect(gram[0][1]).toBe(dot(X.row(rows[0]), X.row(rows[1])))
    expect(shownRows(gaussian(2, 5, 1), { plain: null, bias: null }).rows).toEqual([0, 1])
  })
})
