/** The papers' terms: one sentence each, and where to read on. */
export interface TermDefinition {
  /** As written in the window. */
  title: string
  explanation: string
  source: string
}

const PE20 = 'Pilanci & Ergen 2020'
const B = 'Ergen & Pilanci 2021, JMLR'

export const TERMS = {
  arrangement: {
    title: 'Arrangement pattern',
    explanation:
      'Which rows a hidden unit is active on; the finitely many patterns of the data turn training into a convex program.',
    source: `${PE20}, §2`,
  },
  bidual: {
    title: 'Convex bidual',
    explanation: 'The convex program with the same optimal value as the network’s own training problem.',
    source: `${PE20}, Thm 1`,
  },
  gated: {
    title: 'Gated ReLU relaxation',
    explanation: 'The convex program without its cone constraints: its value is never above the program’s.',
    source: `${PE20}; Mishkin et al. 2022`,
  },
  cone: {
    title: 'Cone constraint',
    explanation: 'Keeps each block of the convex program inside the cell whose pattern it stands for.',
    source: `${PE20}, (8)`,
  },
  beta: {
    title: 'Weight decay β',
    explanation:
      'Half of β times the sum of squared weights (for parallel networks β times their path norm) is added to the loss; above β_max the zero network is optimal.',
    source: `${PE20}, (2)`,
  },
  objective: {
    title: 'Objective',
    explanation:
      'Loss plus regulariser of the network at the recovered weights, on the training rows, in double precision.',
    source: 'the same function for every method',
  },
  'lower-bound': {
    title: 'Lower bound',
    explanation:
      'The value of a feasible dual point: no network of this family can have a smaller objective.',
    source: `${B}, §3`,
  },
  'global-gap': {
    title: 'Gap',
    explanation: 'Objective minus lower bound over all neurons: how far the network can be from its optimum.',
    source: `${B}, §3`,
  },
  'solver-gap': {
    title: 'Solver gap',
    explanation:
      'Primal minus dual value over the patterns used: how well the program was solved, not the network.',
    source: `${PE20}, (8)`,
  },
  certificate: {
    title: 'Certificate',
    explanation:
      'What was proved about a result: optimal, bounded, optimal for the patterns used only, or nothing.',
    source: `${B}, §3`,
  },
  'cells-found': {
    title: 'Patterns found',
    explanation:
      'Cells of the arrangement that the program is over, of the most there can be; only all of them make a certificate by themselves.',
    source: `${PE20}, §2`,
  },
  growth: {
    title: 'Growth',
    explanation:
      'The program starts small; a search finds neurons that the dual prices above β, their patterns are added, and the program is solved again until none is found.',
    source: `${B}, Alg. 1; conditional gradient`,
  },
  rho: {
    title: 'ρ/β',
    explanation:
      'The most that one neuron of unit size gains at the dual point, over its price β: at most 1 over all neurons proves the optimum; what a search finds is only the largest one seen.',
    source: `${B}, Cor. 3.1`,
  },
  'cones-searched': {
    title: 'Cones searched',
    explanation:
      'Branch and bound over all directions of a neuron: cones are halved until none can hold a neuron that gains more than what was found.',
    source: 'the search for a bound over all neurons',
  },
  path: {
    title: 'Path in β',
    explanation:
      'Solutions for falling β, from where the zero network is optimal; each starts from the one before and has its own certificate.',
    source: PE20,
  },
  'beta-max': {
    title: 'β_max',
    explanation: 'From this β on the zero network is optimal: no neuron gains as much as it costs.',
    source: `${PE20}; ρ at the residual of zero`,
  },
  direction: {
    title: 'Direction of an output',
    explanation:
      'With several outputs a neuron writes along one direction in their space; the program finds the directions with the patterns.',
    source: 'Sahiner et al. 2021',
  },
  whiten: {
    title: 'Whitened data',
    explanation: 'Features transformed so that the rows are orthonormal, which several closed forms need.',
    source: 'Ergen & Pilanci 2021, ICML, Thm 4.3',
  },
  'closed-form': {
    title: 'Closed form',
    explanation:
      'Optimal weights written down without iterating, where the data satisfy a theorem’s hypotheses.',
    source: 'Ergen & Pilanci 2021, ICML, Thm 4.4; Ergen et al. 2022, Thm 2.1, 2.4',
  },
  'batch-norm': {
    title: 'Batch normalisation',
    explanation:
      'Each hidden unit’s response is centred and divided by its ℓ₂ norm over the training rows, then scaled and shifted.',
    source: 'Ergen et al. 2022, §2',
  },
  rank: {
    title: 'Numerical rank',
    explanation: 'How many singular values exceed a small share of the largest one.',
    source: `${B}, §2`,
  },
  trial: {
    title: 'Trial',
    explanation: 'One training run from its own random start; bands span the trials.',
    source: 'seeds derive from the document',
  },
  standardize: {
    title: 'Standardised',
    explanation: 'Each feature has mean 0 and standard deviation 1 over the training rows.',
    source: 'fitted on training rows only',
  },
} as const satisfies Record<string, TermDefinition>

export type TermId = keyof typeof TERMS
