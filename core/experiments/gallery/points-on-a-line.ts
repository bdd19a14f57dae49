import type { GalleryEntry } from './entry.ts'

export const pointsOnALineExample: GalleryEntry = {
  id: 'points-on-a-line',
  title: 'Five points on a line, interpolated at least cost',
  description:
    'With free biases the kinks of an optimal network lie at data points only. For these five points the least cost of an ' +
    'exact fit is 8, and several networks have it (Ergen & Pilanci 2021, Prop. 3.1). Look at the objective: it is 8 to ' +
    'rounding; then change a target and run again.',
  document: {
    version: 1,
    name: 'Five points on a line',
    dataset: { generator: 'points-1d', x: [-2, -1, 0, 1, 2], y: [1, -1, 1, 1, -1] },
    network: { family: 'relu-bias', outputBias: false },
    loss: 'equality',
    beta: 1,
    methods: [{ id: 'convex' }],
    limits: { seconds: 60 },
  },
}
