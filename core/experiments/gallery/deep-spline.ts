import type { GalleryEntry } from './entry.ts'

export const deepSplineExample: GalleryEntry = {
  id: 'deep-spline',
  title: 'Kinks at data points, three layers deep',
  description:
    'A zigzag of five points. With free biases the kinks of a two-layer optimum lie at data points; look at where those of the ' +
    'trained three-layer networks lie. The closed forms carry the two-layer solution through the layers, in branches as the ' +
    'theorem is printed or behind one shared neuron, which is cheaper; training finds networks that are cheaper still.',
  document: {
    version: 1,
    name: 'A zigzag, three layers',
    dataset: { generator: 'points-1d', x: [-2, -1, 0, 1, 2], y: [0, 1, 0, 1, 0] },
    network: { family: 'relu-bias', layers: 3, width: 20 },
    loss: 'squared',
    beta: 0.05,
    methods: [
      { id: 'closed-form', theorem: 'one-dimensional-branches' },
      { id: 'closed-form', theorem: 'one-dimensional-deep' },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 3000, batchSize: 'full', trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
