import type { GalleryEntry } from './entry.ts'

export const stagesExample: GalleryEntry = {
  id: 'stages',
  title: 'A deep network, one convex program after another',
  description:
    'Three stages: each is the convex program of a two-layer network, on what the neurons of the stage before respond ' +
    '(Ergen & Pilanci 2023, Fig. 6). The first is proved optimal; every later one can repeat it, and does better. Look at ' +
    'the details of the stacked run for the objective and the certificate of every stage.',
  document: {
    version: 1,
    name: 'Three convex stages',
    dataset: { generator: 'spiral', n: 30, turns: 0.75, noise: 0.02, seed: 1 },
    preprocess: [{ step: 'append-ones' }],
    network: { family: 'relu', width: 30 },
    loss: 'squared',
    beta: 0.05,
    methods: [{ id: 'convex' }, { id: 'stacking', stages: 3 }],
    limits: { seconds: 120 },
  },
}
