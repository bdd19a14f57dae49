import type { GalleryEntry } from './entry.ts'

export const spiralExample: GalleryEntry = {
  id: 'spiral',
  title: 'Two spirals, proved global',
  description:
    'Forty points in the plane and a bias: all 1,562 activation patterns are enumerated, so the convex program is ' +
    'certified as the global optimum of the two-layer network, and every training run lies above it.',
  document: {
    version: 1,
    name: 'Two spirals, two-layer ReLU',
    dataset: { generator: 'spiral', n: 40, turns: 0.75, noise: 0.02, seed: 1 },
    preprocess: [{ step: 'append-ones' }],
    network: { family: 'relu', width: 50 },
    loss: 'squared',
    beta: 0.01,
    methods: [
      { id: 'convex' },
      { id: 'gated' },
      { id: 'sgd', optimizer: 'momentum', learningRate: 0.01, epochs: 1500, batchSize: 'full', trials: 3 },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 1500, batchSize: 'full', trials: 3 },
      { id: 'least-squares' },
    ],
    limits: { seconds: 60 },
  },
}
