import type { GalleryEntry } from './entry.ts'

export const whitenedExample: GalleryEntry = {
  id: 'whitened',
  title: 'A deep network written down, in three readings',
  description:
    'On whitened data with one-hot labels a theorem gives the weights of a network of parallel branches. As printed, the ' +
    'norms of the first layers are 1, it can be read in two ways, and neither is the best once all layers pay weight ' +
    'decay: look at the objectives 1.390, 1.440 and 1.632. The first is proved optimal and says how far from it training ' +
    'ends. Choose the ReLU family, dense layers, and the same value is a bound only.',
  document: {
    version: 1,
    name: 'Whitened data, three readings',
    dataset: { generator: 'whitened', n: 12, d: 20, classes: 3, seed: 3 },
    network: { family: 'parallel-decay', branches: 10, outputs: 'one-hot' },
    loss: 'squared',
    beta: 0.2,
    methods: [
      { id: 'closed-form', theorem: 'whitened' },
      { id: 'closed-form', theorem: 'whitened-balanced' },
      { id: 'closed-form', theorem: 'whitened-literal' },
      { id: 'sgd', optimizer: 'momentum', learningRate: 0.05, epochs: 2000, batchSize: 'full', trials: 5 },
    ],
    limits: { seconds: 60 },
  },
}
