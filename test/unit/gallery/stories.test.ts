/** What the descriptions of the gallery promise, held against runs of their documents. */
import { describe, expect, it } from 'vitest'
import { prepareProblem } from '../../../core/data/prepare.ts'
import { expandDocument } from '../../../core/experiments/expand.ts'
import { GALLERY } from '../../../core/experiments/gallery.ts'
import type { RunRecord } from '../../../core/experiments/result.ts'
import { executeRun } from '../../../core/experiments/runner.ts'

/** The first run of one of an example's methods. */
async function recordOf(id: string, methodIndex = 0): Promise<RunRecord> {
  const { document } = GALLERY.find((entry) => entry.id === id)!
  const spec = expandDocument(document).find((one) => one.methodIndex === methodIndex)!
  const { problem } = prepareProblem({
    document: spec.document,
    allocate: (length) => new Float64Array(length),
  })
  const run = executeRun(problem, spec, { now: () => 0, isCancelled: () => false })
  let step = await run.next()
  while (!step.done) step = await run.next()
  return step.value.record
}

const relativeGap = ({ certificate: { gap }, objective }: RunRecord) => gap! / objective!

describe('stories of the gallery', () => {
  it.each(['growth', 'parallel', 'three-classes', 'relu-batch-norm', 'convolution'])(
    '%s: the optimum of the network is proved, and training ends above it',
    async (id) => {
      const convex = await recordOf(id)
      expect(convex).toMatchObject({ status: 'solved', certificate: { level: 'global' } })
      expect(relativeGap(convex)).toBeLessThan(1e-4)
      const trained = await recordOf(id, 2)
      expect(trained.objective!).toBeGreaterThan(convex.objective! * (1 + 1e-4))
    },
  )

  it('growth: a few hundred of millions of patterns are enough', async () => {
    const { details } = await recordOf('growth')
    expect(details['theoretical bound']).toBe(2_627_200)
    expect(details.patterns).toBeLessThan(2000)
  })

  it('deep-linear: momentum ends in the optimum, small weights in the zero network', async () => {
    const [convex, momentum, small] = await Promise.all([0, 1, 2].map((k) => recordOf('deep-linear', k)))
    expect(convex.certificate.level).toBe('global')
    expect(momentum.objective! / convex.objective!).toBeCloseTo(1, 6)
    expect(small.objective! / convex.objective!).toBeGreaterThan(4)
  })

  it('points-on-a-line: the least cost is 8', async () => {
    const { objective, certificate } = await recordOf('points-on-a-line')
    expect(objective).toBeCloseTo(8, 10)
    expect(certificate).toMatchObject({ level: 'global', lowerBound: expect.closeTo(8, 10) as number })
  })

  it('spikes: neurons active everywhere are linear, those of one sample help, all of them reach the optimum', async () => {
    const [exact, linear, spikes, trained] = await Promise.all([0, 1, 2, 3].map((k) => recordOf('spikes', k)))
    expect(exact).toMatchObject({ status: 'solved', certificate: { level: 'global' } })
    expect(relativeGap(exact)).toBeLessThan(1e-6)
    expect(linear.objective! / exact.objective!).toBeGreaterThan(10)
    expect(spikes.objective! / linear.objective!).toBeLessThan(1 / 3)
    expect(trained.objective! / exact.objective!).toBeGreaterThan(1)
    expect(trained.objective! / exact.objective!).toBeLessThan(1.01)
  })

  it('constant: training without an output bias ends below the program, not below its bound', async () => {
    const [closed, convex, trained] = await Promise.all([0, 1, 2].map((k) => recordOf('constant', k)))
    expect(closed.certificate.level).toBe('bound')
    expect(convex.certificate).toMatchObject({
      level: 'bound',
      lowerBound: expect.closeTo(closed.certificate.lowerBound!, 4) as number,
    })
    expect(convex.objective!).toBeCloseTo(closed.objective!, 5)
    expect(trained.objective!).toBeLessThan(0.95 * closed.objective!)
    expect(trained.objective!).toBeGreaterThan(closed.certificate.lowerBound!)
  })

  it('deep-spline: shared layers cost less than branches, training less still, kinks at the points', async () => {
    const [branches, shared, trained] = await Promise.all([0, 1, 2].map((k) => recordOf('deep-spline', k)))
    expect(shared.objective!).toBeLessThan(branches.objective!)
    expect(trained.objective!).toBeLessThan(shared.objective!)
    for (const { measures } of [branches, shared, trained])
      expect(measures!.spline!.jumpAtPoints).toBeGreaterThan(0.9)
  })

  it('kernel-on-a-line: spline and kernel go through the points, the kernel without bias does not', async () => {
    const [spline, kernel, without] = await Promise.all([0, 1, 2].map((k) => recordOf('kernel-on-a-line', k)))
    expect([spline.certificate.level, spline.train.loss]).toEqual(['global', 0])
    expect([kernel.status, kernel.train.loss, kernel.certificate.level]).toEqual(['solved', 0, 'none'])
    expect([without.status, without.objective]).toEqual(['stalled', null])
    expect(without.details).toMatchObject({ 'rank of the kernel': 2 })
  })

  it('stages: the first is proved optimal, and every later one is better', async () => {
    const [convex, stack] = await Promise.all([0, 1].map((k) => recordOf('stages', k)))
    const values = [1, 2, 3].map((s) => stack.details[`stage ${s}, objective`] as number)
    expect(stack.details['stage 1, certificate']).toBe('global')
    expect(values[0] / convex.objective!).toBeCloseTo(1, 6)
    expect(values[1]).toBeLessThan(0.5 * values[0])
    expect(values[2]).toBeLessThan(0.5 * values[1])
    expect(stack.objective! / values[2]).toBeCloseTo(1, 9)
  })

  it('path: starts at the zero network, is proved at every point, and the test loss turns', async () => {
    const { path } = await recordOf('path')
    expect(path).toHaveLength(20)
    expect(path![0].neurons).toBe(0)
    expect(path!.every(({ certificate }) => certificate.level === 'global')).toBe(true)
    const losses = path!.map(({ test }) => test!.loss!)
    const least = losses.indexOf(Math.min(...losses))
    expect(least).toBeGreaterThan(2)
    expect(losses.at(-1)).toBeGreaterThan(2 * losses[least])
  })

  it('whitened: three readings of one theorem, and training above the exact one', async () => {
    const [exact, balanced, literal, trained] = await Promise.all(
      [0, 1, 2, 3].map((k) => recordOf('whitened', k)),
    )
    expect(exact.objective).toBeCloseTo(1.3898, 4)
    expect(balanced.objective).toBeCloseTo(1.44, 10)
    expect(literal.objective).toBeCloseTo(1.632, 10)
    expect(exact.certificate).toMatchObject({ level: 'global' })
    expect(trained.objective!).toBeGreaterThan(1.01 * exact.objective!)
  })

  it('deep-batch-norm: the closed form bounds what is trained, and Adam is proved optimal', async () => {
    const [closed, adam] = await Promise.all([0, 1].map((k) => recordOf('deep-batch-norm', k)))
    expect(closed).toMatchObject({ status: 'solved', certificate: { level: 'global' } })
    expect(adam.certificate).toMatchObject({ level: 'global', lowerBound: closed.certificate.lowerBound })
    expect(adam.objective!).toBeGreaterThan(closed.objective!)
  })

  it('whitened-descent: steps are Σ² apart, and GD on the data is ahead in objective and test loss', async () => {
    const [gd, whitened, closed] = await Promise.all([0, 1, 2].map((k) => recordOf('whitened-descent', k)))
    expect(whitened.details['largest deviation from Σ²']).toBeLessThan(1e-10)
    expect(gd.objective!).toBeLessThan(whitened.objective!)
    expect(gd.test!.loss!).toBeLessThan(0.8 * whitened.test!.loss!)
    expect(closed).toMatchObject({ status: 'solved', certificate: { level: 'global' } })
    expect(closed.objective!).toBeLessThan(gd.objective!)
  })

  it('rank-one: the closed form is proved, of rank one in all layers, and training reaches its objective', async () => {
    const [closed, trained] = await Promise.all([0, 1].map((k) => recordOf('rank-one', k)))
    expect(closed.certificate.level).toBe('global')
    expect(closed.ranks).toEqual([1, 1, 1, 1, 1])
    expect(trained.objective! / closed.objective!).toBeCloseTo(1, 3)
    expect(trained.objective!).toBeGreaterThan(closed.objective! - 1e-9)
  })
})
