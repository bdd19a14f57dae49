import type { GalleryEntry } from './entry.ts'

export const growthExample: GalleryEntry = {
  id: 'growth',
  title: 'Beyond enumeration: a program that grows',
  description:
    'Two hundred points in four dimensions have up to 2,627,200 activation patterns. The convex program finds the neurons that ' +
    'matter, and branch and bound proves how little any other could gain. Look at the certificate, and at the patterns ' +
    'found and ρ/β in the details.',
  document: {
    version: 1,
    name: 'Growth, planted teacher in 4-D',
    dataset: { generator: 'planted', n: 200, d: 4, neurons: 4, noise: 0.2, seed: 4 },
    network: { family: 'relu', width: 50 },
    loss: 'squared',
    beta: 3,
    methods: [
      { id: 'convex', arrangements: { mode: 'grow' } },
      { id: 'sgd', optimizer: 'momentum', learningRate: 0.01, epochs: 400, batchSize: 50, trials: 3 },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 400, batchSize: 50, trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
