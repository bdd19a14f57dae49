import type { GalleryEntry } from './entry.ts'

export const deepBatchNormExample: GalleryEntry = {
  id: 'deep-batch-norm',
  title: 'Deep batch normalisation, trained to a proved optimum',
  description:
    'Four layers with batch normalisation on the spiral. The closed form leaves the first layers random, and its value bounds ' +
    'every such network from below: Adam ends within a thousandth of it, so that a trained deep network is proved optimal, ' +
    'and its classes have collapsed to two points.',
  document: {
    version: 1,
    name: 'Deep batch normalisation',
    dataset: { generator: 'spiral', n: 60, turns: 1, noise: 0 },
    network: { family: 'bn-relu', layers: 4, width: 40, outputs: 'one-hot' },
    loss: 'squared',
    beta: 0.3,
    methods: [
      { id: 'closed-form' },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 1500, batchSize: 'full', trials: 3 },
      { id: 'sgd', optimizer: 'gd', learningRate: 0.02, epochs: 1500, trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
