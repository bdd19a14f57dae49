import type { GalleryEntry } from './entry.ts'

export const rankOneExample: GalleryEntry = {
  id: 'rank-one',
  title: 'Five layers, one direction',
  description:
    'Data of rank one with rows of one sign: all weights of the optimal network have rank one, whatever its depth, and ' +
    'only its size is left to find. Look at the ranks of the layers: training reaches the same objective, some starts ' +
    'sooner than others, with layers that are still on their way to rank one.',
  document: {
    version: 1,
    name: 'Data of rank one, five layers',
    dataset: { generator: 'rank-one', n: 30, d: 5, noise: 0.1, seed: 3 },
    network: { family: 'relu', layers: 5, width: 20, outputs: 'scalar' },
    loss: 'squared',
    beta: 0.1,
    methods: [
      { id: 'closed-form' },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.005, epochs: 2000, batchSize: 'full', trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
