import { describe, expect, it } from 'vitest'
import { atomsOf } from '../../../core/atoms/index.ts'
import { methodApplies } from '../../../core/experiments/catalog.ts'
import { METHOD_SCHEMAS, NETWORK_SCHEMAS, type MethodId } from '../../../core/experiments/document.ts'
import { gaussian, oneHot, problemOf } from '../closed-form/fixtures.ts'

/** Methods that solve a program in the neurons of one hidden layer. */
const CONVEX: MethodId[] = ['convex', 'path', 'gated', 'penalized', 'low-rank', 'cutting-planes']

describe.each(['bn-relu', 'relu-bn'] as const)('deep %s networks', (family) => {
  const network = NETWORK_SCHEMAS[family].parse({ family, layers: 3 })
  const problem = problemOf(gaussian(12, 3, 1), oneHot(12, 3, 1), 'one-hot', { network })

  it.each(CONVEX)('have no program: %s is refused and says why', (id) => {
    const answer = methodApplies(problem, METHOD_SCHEMAS[id].parse({ id }))
    expect(answer.applies).toBe(false)
    expect(answer.because.length).toBeGreaterThan(20)
    expect(answer.hypotheses.some(({ holds }) => !holds)).toBe(true)
  })

  it('the reason names the layers where two of them would do', () => {
    const { because } = methodApplies(problem, METHOD_SCHEMAS.convex.parse({ id: 'convex' }))
    expect(because).toContain('A batch-normalised network of 3 layers has no convex program')
    const shallow = { ...problem, network: { ...network, layers: 2 } }
    expect(methodApplies(shallow, METHOD_SCHEMAS.convex.parse({ id: 'convex' })).applies).toBe(true)
  })

  it('have the closed form and gradient training', () => {
    for (const id of ['closed-form', 'sgd'] as const)
      expect(methodApplies(problem, METHOD_SCHEMAS[id].parse({ id })).applies).toBe(true)
  })

  it('are not made of single atoms', () => {
    expect(() => atomsOf(problem)).toThrow('3 layers')
  })
})
