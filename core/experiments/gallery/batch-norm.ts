import type { GalleryEntry } from './entry.ts'

export const batchNormExample: GalleryEntry = {
  id: 'batch-norm-closed-form',
  title: 'Batch normalisation, the optimum written down',
  description:
    'Three one-hot classes and more features than rows: the closed form gives the optimal network with batch ' +
    'normalisation at once; gradient training approaches it from above.',
  document: {
    version: 1,
    name: 'Batch normalisation, closed form',
    dataset: { generator: 'whitened', n: 30, d: 40, classes: 3, seed: 3 },
    network: { family: 'bn-relu', width: 30, outputs: 'one-hot' },
    loss: 'squared',
    beta: 0.3,
    methods: [
      { id: 'closed-form' },
      { id: 'sgd', optimizer: 'gd', learningRate: 0.02, epochs: 1500, batchSize: 'full', trials: 3 },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 1500, batchSize: 'full', trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
