import type { GalleryEntry } from './entry.ts'

export const plantedExample: GalleryEntry = {
  id: 'planted-logistic',
  title: 'A planted teacher, logistic loss',
  description:
    'Two classes from a hidden three-neuron network in three dimensions, a fifth of the rows held out: the convex ' +
    'program against momentum and Adam, on training objective and test accuracy.',
  document: {
    version: 1,
    name: 'Planted teacher, logistic',
    dataset: { generator: 'planted', n: 60, d: 3, neurons: 3, noise: 0.1, task: 'classification', seed: 2 },
    split: { test: 0.2, seed: 1 },
    network: { family: 'relu', width: 30 },
    loss: 'logistic',
    beta: 0.5,
    methods: [
      { id: 'convex' },
      { id: 'gated' },
      { id: 'sgd', optimizer: 'momentum', learningRate: 0.01, epochs: 800, batchSize: 16, trials: 3 },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 800, batchSize: 'full', trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
