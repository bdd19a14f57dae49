import type { GalleryEntry } from './entry.ts'

export const convolutionExample: GalleryEntry = {
  id: 'convolution',
  title: 'Filters on a signal, with batch normalisation',
  description:
    'Signals of six samples seen through filters of two, three patches each: the rows of all patches are arranged together ' +
    'in a space of three dimensions, and every pattern of a filter over all patches is enumerated. Look at how few filters ' +
    'the optimum needs beside the thirty that are trained.',
  document: {
    version: 1,
    name: '1-D convolution with batch normalisation',
    dataset: { generator: 'planted', n: 16, d: 6, neurons: 3, noise: 0.1, seed: 2 },
    network: { family: 'conv-bn', filter: [1, 2], stride: 2, width: 30 },
    loss: 'squared',
    beta: 0.5,
    methods: [
      { id: 'convex' },
      { id: 'sgd', optimizer: 'momentum', learningRate: 0.01, epochs: 600, batchSize: 'full', trials: 3 },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 600, batchSize: 'full', trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
