import type { GalleryEntry } from './entry.ts'

export const kernelExample: GalleryEntry = {
  id: 'kernel-on-a-line',
  title: 'A spline and a kernel through the same points',
  description:
    'Trained at least cost, a ReLU network is a piecewise linear function with kinks at data points. An infinitely wide ' +
    'network whose neurons hardly move is a kernel, and smooth (Ergen & Pilanci 2021, Fig. 8). Both go through these ' +
    'points. Without bias the kernel has rank 2 and cannot: its run stalls and says how much is left.',
  document: {
    version: 1,
    name: 'Spline and kernel',
    dataset: {
      generator: 'points-1d',
      x: [-3, -2.2, -1.5, -0.4, 0.3, 1.1, 2, 2.9],
      y: [0.5, -1, 0.2, 1.4, -0.3, -0.8, 0.9, 0.1],
    },
    network: { family: 'relu-bias' },
    loss: 'equality',
    beta: 1,
    methods: [{ id: 'convex' }, { id: 'ntk' }, { id: 'ntk', bias: false }],
    limits: { seconds: 60 },
  },
}
