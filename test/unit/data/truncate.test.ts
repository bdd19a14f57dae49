import { describe, expect, it } from 'vitest'
import { stepSchema } from '../../../core/experiments/document.ts'
import type { DocumentInput } from '../../../core/experiments/document.ts'
import { issuesOf } from '../../../core/experiments/document-issues.ts'
import { combine, frobeniusNorm, multiply } from '../../../core/linalg/products.ts'
import { singularValues, thinSvd } from '../../../core/linalg/svd.ts'
import { stream } from '../../../core/random/index.ts'
import { errorOf, prepareText } from './fixtures.ts'

const [ROWS, COLUMNS] = [24, 6]

/** Gaussian features of very different scales, so that the directions are told apart. */
function table(): string {
  const source = stream(4)
  const rows = Array.from({ length: ROWS }, () =>
    [...Array.from({ length: COLUMNS }, (_, j) => source.normal() * 2 ** -j), source.normal()].join(','),
  )
  return `a,b,c,d,e,f,y\n${rows.join('\n')}\n`
}

const prepared = (step: DocumentInput['preprocess'], test = 0) =>
  prepareText(table(), { preprocess: step, split: { test } })

describe('truncation', () => {
  it('keeps the leading singular values and drops the others: the best approximation of its rank', async () => {
    const { X } = (await prepared([])).problem
    const { problem, fitted } = await prepared([{ step: 'truncate', keep: 2 }])
    const [before, after] = [singularValues(X), singularValues(problem.X)]
    expect(after[1]).toBeCloseTo(before[1], 12)
    expect(after[2]).toBeLessThan(1e-13)
    const lost = frobeniusNorm(combine(1, X, -1, problem.X))
    expect(lost).toBeCloseTo(Math.hypot(...before.subarray(2)), 12)
    expect(problem.summary).toMatchObject({ rank: 2, d: COLUMNS })
    expect(fitted[0].sentence).toMatch(/^2 of 6 singular directions kept, [\d.]+ % of the variance$/)
    expect(fitted[0].parameters.singularValues).toHaveLength(COLUMNS)
  })

  it('keeps as few directions as explain the share asked for', async () => {
    const s = singularValues((await prepared([])).problem.X)
    const share = (k: number) =>
      s.subarray(0, k).reduce((sum, t) => sum + t * t, 0) / s.reduce((sum, t) => sum + t * t, 0)
    for (const k of [1, 3, 5]) {
      const rank = async (variance: number) =>
        (await prepared([{ step: 'truncate', variance }])).problem.summary.rank
      expect(await rank(share(k))).toBe(k)
      expect(await rank(share(k) + 1e-6)).toBe(k + 1)
    }
    expect((await prepared([{ step: 'truncate', variance: 1 }])).problem.summary.rank).toBe(COLUMNS)
  })

  it('projects test rows on the directions of the training rows', async () => {
    const raw = (await prepared([], 0.25)).problem
    const cut = (await prepared([{ step: 'truncate', keep: 3 }], 0.25)).problem
    const { V } = thinSvd(cut.X)
    const leading = V.transpose()
    const coordinates = multiply(raw.test!.X, leading, { transposeB: true })
    for (let i = 0; i < cut.test!.X.rows; i++) {
      for (let j = 0; j < COLUMNS; j++) {
        let sum = 0
        for (let k = 0; k < 3; k++) sum += coordinates.get(i, k) * leading.get(k, j)
        expect(cut.test!.X.get(i, j)).toBeCloseTo(sum, 12)
      }
    }
    expect(frobeniusNorm(combine(1, raw.test!.X, -1, cut.test!.X))).toBeGreaterThan(1e-3)
  })

  it('warns where there is nothing to drop, and refuses text and gaps', async () => {
    const { warnings, problem } = await prepared([{ step: 'truncate', keep: 9 }])
    expect(warnings.join()).toContain('6 singular directions, fewer than the 9')
    expect(problem.summary.rank).toBe(COLUMNS)
    const text = await errorOf(
      prepareText('a,c,y\n1,p,1.5\n2,q,2\n', {
        preprocess: [{ step: 'truncate', keep: 1 }, { step: 'one-hot' }],
      }),
    )
    expect(text).toMatchObject({ place: { path: 'preprocess[0]', column: 'c' } })
    const gap = await errorOf(
      prepareText('a,b,y\n1,,1.5\n2,3,2\n', {
        preprocess: [
          { step: 'truncate', keep: 1 },
          { step: 'impute', with: 'mean' },
        ],
      }),
    )
    expect(gap.message).toContain('impute before it')
  })

  it('leaves the constant feature of a later step alone', async () => {
    const { problem } = await prepared([{ step: 'truncate', keep: 2 }, { step: 'append-ones' }])
    const plain = (await prepared([{ step: 'truncate', keep: 2 }])).problem
    for (let i = 0; i < ROWS; i++) {
      expect([...problem.X.row(i)]).toEqual([
        ...[...plain.X.row(i)].map((t): unknown => expect.closeTo(t, 12)),
        1,
      ])
    }
  })

  it('takes either a number or a share', () => {
    const problemOf = (step: object) => {
      const parsed = stepSchema.safeParse({ step: 'truncate', ...step })
      return parsed.success ? null : issuesOf(parsed.error, step)[0].message
    }
    expect(problemOf({ keep: 3 })).toBeNull()
    expect(problemOf({ variance: 0.95 })).toBeNull()
    expect(problemOf({})).toBe('Expected either keep or variance.')
    expect(problemOf({ keep: 3, variance: 0.5 })).toBe('Expected either keep or variance.')
    expect(problemOf({ variance: 1.5 })).toContain('1')
  })
})

describe('targets of the equality loss', () => {
  it.each([
    ['quantities', 'y\n0.5\n1.5\n2\n', 'real', 1],
    ['two classes', 'y\nno\nyes\nno\n', 'sign', 1],
    ['more classes', 'y\na\nb\nc\n', 'one-hot', 3],
  ] as const)('are those of the squared loss: %s', async (_, column, labels, outputs) => {
    const text = column
      .trim()
      .split('\n')
      .map((cell, i) => `${i === 0 ? 'x' : i * i},${cell}`)
      .join('\n')
    const { problem } = await prepareText(`${text}\n`, { loss: 'equality' })
    expect(problem.summary).toMatchObject({ labels, outputs })
  })
})
