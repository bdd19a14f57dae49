import type { GalleryEntry } from './entry.ts'

const x = Array.from({ length: 25 }, (_, k) => -3 + k / 4)

export const constantExample: GalleryEntry = {
  id: 'constant',
  title: 'A constant that no output bias adds',
  description:
    'Points on a line two above zero, and a network without an output bias. The program over kinks at data points has to ' +
    'pay for the constant; training does not, because a hidden unit with a large bias makes one for next to nothing. So it ' +
    'ends below the closed form, which says so: its bound is the optimum with a free constant. Switch the output bias on and ' +
    'both meet.',
  document: {
    version: 1,
    name: 'A constant without an output bias',
    dataset: {
      generator: 'points-1d',
      x,
      y: x.map((t) => Math.round(1000 * (Math.sin(2 * t) + 0.3 * t + 2)) / 1000),
    },
    network: { family: 'relu-bias', outputBias: false, width: 20 },
    loss: 'squared',
    beta: 1,
    methods: [
      { id: 'closed-form' },
      { id: 'convex' },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.03, epochs: 2000, batchSize: 'full', trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
