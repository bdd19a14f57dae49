import type { GalleryEntry } from './entry.ts'

export const spikesExample: GalleryEntry = {
  id: 'spikes',
  title: 'Spikes: neurons that see one sample',
  description:
    'Sixteen points in the plane and free biases, one neuron at a time where the dual is violated (Ergen & Pilanci 2021 ' +
    '(JMLR), Alg. 3). If only neurons that are active on every sample are looked for, the network is linear and costs ten ' +
    'times the optimum; those that see one sample take off two thirds; pricing all of them proves the optimum, and Adam ' +
    'ends a little above it.',
  document: {
    version: 1,
    name: 'Spikes',
    dataset: { generator: 'planted', n: 16, d: 2, neurons: 3, noise: 0.05, seed: 3 },
    network: { family: 'relu-bias', width: 50 },
    loss: 'squared',
    beta: 0.05,
    methods: [
      { id: 'cutting-planes' },
      { id: 'cutting-planes', oracle: 'spike-free' },
      { id: 'cutting-planes', oracle: 'spike-free', extremePoints: true },
      { id: 'sgd', optimizer: 'adam', batchSize: 'full', epochs: 4000, learningRate: 0.01 },
    ],
    limits: { seconds: 60 },
  },
}
