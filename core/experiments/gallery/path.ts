import type { GalleryEntry } from './entry.ts'

export const pathExample: GalleryEntry = {
  id: 'path',
  title: 'A path in β, proved at every point',
  description:
    'From the β where the zero network is optimal down to almost none, twenty programs, each started from the last. Look at ' +
    'the chart: neurons appear one after another as β falls, the training loss falls towards zero, and the test loss says where ' +
    'to stop.',
  document: {
    version: 1,
    name: 'Path in β, noisy teacher',
    dataset: { generator: 'planted', n: 60, d: 3, neurons: 2, noise: 1, seed: 7 },
    split: { test: 0.4, seed: 1 },
    network: { family: 'relu' },
    loss: 'squared',
    beta: 0.05,
    methods: [{ id: 'path', points: 20 }],
    limits: { seconds: 60 },
  },
}
