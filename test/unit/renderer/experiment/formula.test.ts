import katex from 'katex'
import { describe, expect, test } from 'vitest'
import { NETWORK_SCHEMAS, lossSchema } from '../../../../core/experiments/document.ts'
import type { FamilyId } from '../../../../core/experiments/document.ts'
import {
  betaTex,
  networkAsWritten,
  objectiveFormula,
  shapesTex,
} from '../../../../renderer/views/experiment/problem/formula.ts'

const FAMILIES = Object.keys(NETWORK_SCHEMAS) as FamilyId[]
const all = FAMILIES.flatMap((family) =>
  lossSchema.options.flatMap((loss) => [true, false].map((scalar) => ({ family, loss, scalar }))),
)

describe('objectiveFormula', () => {
  test.each(all)('$family, $loss, scalar $scalar is TeX that KaTeX accepts', (question) => {
    const { objective, network } = objectiveFormula(question)
    expect(() => katex.renderToString(objective, { throwOnError: true, displayMode: true })).not.toThrow()
    expect(() => katex.renderToString(network, { throwOnError: true })).not.toThrow()
    if (question.loss === 'equality') {
      expect(objective).not.toContain(String.raw`\beta`)
      expect(objectiveFormula(question).words).not.toContain('β')
      return
    }
    const factor = question.family === 'parallel' ? String.raw`+\beta` : String.raw`+\tfrac{\beta}{2}`
    expect(objective).toContain(factor)
  })

  test('squared loss has its half; weight decay covers both layers', () => {
    const { objective } = objectiveFormula({ family: 'relu', loss: 'squared', scalar: true })
    expect(objective).toBe(
      String.raw`\min_{W_1,\,w_2}\;\tfrac12\lVert F-y\rVert_2^2+\tfrac{\beta}{2}\bigl(\lVert W_1\rVert_F^2+\lVert w_2\rVert_2^2\bigr)`,
    )
  })

  test('with batch norm only γ, α and the output weights are regularised', () => {
    const { objective } = objectiveFormula({ family: 'bn-relu', loss: 'squared', scalar: false })
    const penalty = objective.split(String.raw`\tfrac{\beta}{2}`)[1]
    expect(penalty).not.toContain('W_1')
    for (const term of [String.raw`\gamma`, String.raw`\alpha`, 'W_2']) expect(penalty).toContain(term)
  })

  test('the other losses are sums without a half', () => {
    for (const loss of ['hinge', 'logistic', 'cross-entropy'] as const) {
      const { objective } = objectiveFormula({ family: 'relu', loss, scalar: false })
      expect(objective).toContain(String.raw`\sum_{i=1}^n`)
      expect(objective).not.toContain(String.raw`\tfrac12`)
    }
  })
})

describe('of other depths and families', () => {
  const networkOf = (family: FamilyId, network: object = {}) =>
    objectiveFormula({
      family,
      loss: 'squared',
      scalar: true,
      ...networkAsWritten(family, { family, ...network }),
    })

  test('every layer decays, and is written out while there are few', () => {
    const three = networkOf('relu', { layers: 3 })
    expect(three.network).toBe(String.raw`F=((XW_1)_+W_2)_+\,w_3`)
    expect(three.objective).toContain(
      String.raw`\bigl(\lVert W_1\rVert_F^2+\lVert W_2\rVert_F^2+\lVert w_3\rVert_2^2\bigr)`,
    )
    const many = networkOf('linear', { layers: 12 })
    expect(many.network).toBe(String.raw`F=XW_1\cdots w_{12}`)
    expect(many.objective).toContain(String.raw`\sum_{l=1}^{12}\lVert W_l\rVert_F^2`)
    for (const { objective, network } of [three, many]) {
      expect(() => katex.renderToString(objective + network, { throwOnError: true })).not.toThrow()
    }
  })

  test('deep batch norm is a recursion, and only the last one decays', () => {
    const three = networkOf('bn-relu', { layers: 3 })
    const BN = String.raw`\mathrm{BN}_{\gamma,\alpha}`
    expect(three.network).toBe(
      String.raw`F=A_{2}\,w_3,\newline A_l=\bigl(${BN}(A_{l-1}W_l)\bigr)_+,\;\;A_0=X`,
    )
    expect(three.objective).toContain(
      String.raw`\bigl(\lVert \gamma_2\rVert_2^2+\lVert \alpha_2\rVert_2^2+\lVert w_3\rVert_2^2\bigr)`,
    )
    for (const family of ['bn-relu', 'relu-bn'] as const) {
      for (const layers of [3, 4, 7, 12]) {
        const { objective, network, words } = networkOf(family, { layers })
        expect(() => katex.renderToString(objective + network, { throwOnError: true })).not.toThrow()
        expect(words).toContain('last hidden layer')
      }
    }
  })

  test('the path norm is one root a sub-network, with β and no half', () => {
    const { objective } = networkOf('parallel')
    expect(objective).toContain(
      String.raw`+\beta\textstyle\sum_k\sqrt{\sum_{j,l}\lVert w_{1kj}\rVert_2^2\,w_{2kjl}^2\,w_{3kl}^2}`,
    )
  })

  test('biases are minimised over and cost nothing', () => {
    const { objective, network } = networkOf('relu-bias')
    expect(objective).toContain(String.raw`\min_{W_1,\,b_1,\,w_2,\,b_2}`)
    expect(objective.split(String.raw`\tfrac{\beta}{2}`)[1]).not.toContain('b_')
    expect(network).toContain('b_2')
    expect(networkOf('relu-bias', { outputBias: false }).network).not.toContain('b_2')
    const three = networkOf('relu-bias', { layers: 3 })
    expect(three.network).toBe(
      String.raw`F=A_{2}\,w_3+1b_3^\top,\newline A_l=(A_{l-1}W_l+1b_l^\top)_+,\;\;A_0=X`,
    )
    expect(three.objective).toContain(String.raw`\min_{W_1,\,b_1,\,W_2,\,b_2,\,w_3,\,b_3}`)
    for (const { objective, network } of [three, networkOf('relu-bias', { layers: 12 })])
      expect(() => katex.renderToString(objective + network, { throwOnError: true })).not.toThrow()
  })

  test('settings that are not valid yet leave the default', () => {
    for (const layers of [1, 2.5, 'many', { sweep: [2, 3] }]) {
      expect(networkOf('relu', { layers })).toEqual(networkOf('relu'))
    }
  })
})

test('β is a number, a set, a range, or not there yet', () => {
  expect(betaTex(0.1)).toBe(String.raw`\beta=0.1`)
  expect(betaTex(1e-5)).toBe(String.raw`\beta=10^{-5}`)
  expect(betaTex({ sweep: [0.1, 1] })).toBe(String.raw`\beta\in\{0.1,\,1\}`)
  expect(betaTex({ logspace: [-4, 0, 5] })).toBe(String.raw`\beta\in\{10^{-4},\dots,1\},\;5\text{ values}`)
  expect(betaTex('abc')).toBeNull()
})

test('shapes name the targets by the number of outputs', () => {
  expect(shapesTex(208, 60, 1)).toContain(String.raw`y\in\mathbb{R}^{208}`)
  expect(shapesTex(208, 60, 3)).toContain(String.raw`Y\in\mathbb{R}^{208\times 3}`)
})
