import type { GalleryEntry } from './entry.ts'

export const normAfterReluExample: GalleryEntry = {
  id: 'relu-batch-norm',
  title: 'Batch normalisation after the ReLU',
  description:
    'Each hidden unit is normalised after it has been cut off, so that every pattern has features of its own; thirty points ' +
    'in three dimensions are still few enough to enumerate. Look at the certificate, then at the ' +
    'spread of the trials: momentum and Adam end in different networks, all of them above the optimum.',
  document: {
    version: 1,
    name: 'ReLU, then batch normalisation',
    dataset: { generator: 'planted', n: 30, d: 3, neurons: 3, noise: 0.1, seed: 2 },
    network: { family: 'relu-bn', width: 30 },
    loss: 'squared',
    beta: 0.1,
    methods: [
      { id: 'convex' },
      { id: 'sgd', optimizer: 'momentum', learningRate: 0.01, epochs: 800, batchSize: 'full', trials: 3 },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 800, batchSize: 'full', trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
