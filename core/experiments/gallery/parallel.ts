import type { GalleryEntry } from './entry.ts'

export const parallelExample: GalleryEntry = {
  id: 'parallel',
  title: 'Three layers side by side, proved global',
  description:
    'Eight points of a spiral and sub-networks with two ReLU layers under the path norm: the patterns of both layers are few ' +
    'enough to enumerate, so the optimum of a three-layer network is proved. Look at the gaps of ' +
    'the trained networks: nearly all trials fit every point, and none reaches the optimum.',
  document: {
    version: 1,
    name: 'Three-layer parallel network, tiny spiral',
    dataset: { generator: 'spiral', n: 8, turns: 1, seed: 1 },
    network: { family: 'parallel', m1: 2, branches: 20 },
    loss: 'squared',
    beta: 0.01,
    methods: [
      { id: 'convex' },
      { id: 'sgd', optimizer: 'momentum', learningRate: 0.01, epochs: 1000, batchSize: 'full', trials: 3 },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 1000, batchSize: 'full', trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
