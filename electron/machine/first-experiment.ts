/** What a new workspace opens on. */
import type { DocumentInput } from '../../core/experiments/document.ts'
import type { Stores } from './services.ts'

const SPIRAL = {
  version: 1,
  name: 'Spiral',
  dataset: { generator: 'spiral', n: 40 },
  network: { family: 'relu', width: 50 },
  loss: 'squared',
  beta: 0.01,
  methods: [{ id: 'convex' }, { id: 'sgd', trials: 3 }, { id: 'least-squares' }],
} satisfies DocumentInput

/** Puts an example into a workspace that nobody has used yet. */
export async function createFirstExperiment({ experiments, workspace }: Stores): Promise<void> {
  if (workspace.isNew) await experiments.create({ ...SPIRAL })
}
