import type { GalleryEntry } from './entry.ts'

export const deepLinearExample: GalleryEntry = {
  id: 'deep-linear',
  title: 'A deep linear network and its trap',
  description:
    'Three linear layers on whitened data: weight decay acts on the singular values of their product, and the optimum is ' +
    'known exactly. Look at the two ways to train: momentum from Kaiming weights ends in the optimum every time, gradient ' +
    'descent from small weights goes to the zero network, a local minimum at four times the objective.',
  document: {
    version: 1,
    name: 'Deep linear network, three layers',
    dataset: { generator: 'whitened', n: 12, d: 20, classes: 3, seed: 3 },
    network: { family: 'linear', layers: 3, width: 20, outputs: 'one-hot' },
    loss: 'squared',
    beta: 0.2,
    methods: [
      { id: 'convex' },
      { id: 'sgd', optimizer: 'momentum', learningRate: 0.05, epochs: 1000, batchSize: 'full', trials: 3 },
      {
        id: 'sgd',
        optimizer: 'gd',
        learningRate: 0.05,
        epochs: 1000,
        batchSize: 'full',
        trials: 3,
        initialization: 'gaussian',
        scale: 0.03,
      },
    ],
    limits: { seconds: 60 },
  },
}
