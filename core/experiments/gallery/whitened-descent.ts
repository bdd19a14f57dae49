import type { GalleryEntry } from './entry.ts'

export const whitenedDescentExample: GalleryEntry = {
  id: 'whitened-descent',
  title: 'What batch normalisation learns first',
  description:
    'A network with batch normalisation is the same function on whitened data, and has the same optimum. Gradient descent is ' +
    'not the same: on the data it moves Σ² times as far, along large singular directions first. Run both: the deviation ' +
    'from Σ² is rounding, and the test loss is lower on the data.',
  document: {
    version: 1,
    name: 'GD on the data and on whitened data',
    dataset: { generator: 'planted', n: 60, d: 40, neurons: 1, noise: 0.1 },
    split: { test: 0.4 },
    network: { family: 'bn-relu', width: 50 },
    loss: 'squared',
    beta: 0.01,
    methods: [
      { id: 'sgd', optimizer: 'gd', learningRate: 0.05, epochs: 600 },
      { id: 'whitened-gd', learningRate: 0.05, epochs: 600 },
      { id: 'closed-form' },
    ],
    limits: { seconds: 60 },
  },
}
