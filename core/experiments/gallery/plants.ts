import type { GalleryEntry } from './entry.ts'

/** Needs the bundled table `plants.csv` beside the document. */
export const plantsExample: GalleryEntry = {
  id: 'plants',
  title: 'A table with text, from file to certificate',
  description:
    'Ninety made-up plants of two species: soil becomes indicators, lengths are standardised on the training rows, ' +
    'and a fifth of the rows is held out. In six dimensions patterns are too many to enumerate: the convex program grows, ' +
    'ends below what Adam finds, and the certificate says how far below it any network could still be.',
  document: {
    version: 1,
    name: 'Plants, two species',
    dataset: { file: 'plants.csv', target: 'species' },
    preprocess: [{ step: 'standardize' }, { step: 'one-hot' }],
    split: { test: 0.2, seed: 1 },
    network: { family: 'relu', width: 30 },
    loss: 'hinge',
    beta: 0.5,
    methods: [
      { id: 'convex' },
      { id: 'sgd', optimizer: 'adam', learningRate: 0.01, epochs: 500, batchSize: 16, trials: 3 },
    ],
    limits: { seconds: 60 },
  },
}
