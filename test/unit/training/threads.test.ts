import { afterEach, expect, it } from 'vitest'
import { METHOD_SCHEMAS, NETWORK_SCHEMAS } from '../../../core/experiments/document.ts'
import { runSgd } from '../../../core/experiments/methods/sgd.ts'
import { engine } from '../../../core/kernels/engine.ts'
import { spawnTeamMember } from '../../../electron/worker/kernel-team.ts'
import { context, finish, gaussian, oneHot, problemOf } from '../closed-form/fixtures.ts'

afterEach(() => {
  engine().dismiss()
})

it.each([
  ['relu', 'f32'],
  ['relu', 'f64'],
  ['bn-relu', 'f32'],
] as const)('%s in %s is trained to the same bits by one thread and by two', (family, precision) => {
  const network = NETWORK_SCHEMAS[family].parse({ family, width: 150 })
  const small = problemOf(gaussian(4, 3, 1), oneHot(4, 3, 1), 'one-hot', { network })
  const problem = { ...small, X: gaussian(240, 300, 1), Y: oneHot(240, 3, 1) }
  const settings = METHOD_SCHEMAS.sgd.parse({ id: 'sgd', epochs: 2, batchSize: 120, precision })
  const run = () => finish(runSgd(problem, settings, context(1)))
  const alone = run()
  engine().hire(spawnTeamMember, 1)
  expect(engine().threads).toBe(2)
  expect(run()).toEqual(alone)
})
