import type { GalleryEntry } from './entry.ts'

export const classesExample: GalleryEntry = {
  id: 'three-classes',
  title: 'Three classes, cross-entropy',
  description:
    'With three outputs every neuron also chooses a direction to write along. All patterns of the three singular directions ' +
    'kept are enumerated, the directions are found by growth, and a search over all neurons proves what is left. Look at the ' +
    'certificate of the convex program, and at the trained networks, which stop above it.',
  document: {
    version: 1,
    name: 'Three classes, cross-entropy',
    dataset: { generator: 'whitened', n: 15, d: 15, classes: 3, seed: 3 },
    preprocess: [
      { step: 'truncate', keep: 3 },
      { step: 'scale', by: 5 },
    ],
    network: { family: 'relu', width: 30, outputs: 'one-hot' },
    loss: 'cross-entropy',
    beta: 0.2,
    methods: [
      { id: 'convex' },
      { id: 'sgd', optimizer: 'momentum', learningRate: 0.02, epochs: 1000, batchSize: 'full', trials: 3 },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 1000, batchSize: 'full', trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
