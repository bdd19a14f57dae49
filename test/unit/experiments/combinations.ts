/** Problems at random: tiny and often degenerate data × network × loss × β, and every method with settings at random. */
import type { Table } from '../../../core/data/table.ts'
import {
  THEOREM_IDS,
  type DocumentInput,
  type FamilyId,
  type LossId,
} from '../../../core/experiments/document.ts'
import { stream, type Stream } from '../../../core/random/index.ts'
import { tableOf, type Asked, type Target } from './table-runs.ts'

type Rows = number[][]
type Methods = DocumentInput['methods']

const pick = <T>(from: Stream, list: readonly T[]): T => list[from.integer(list.length)]
const between = (from: Stream, low: number, high: number): number => low + from.integer(high - low + 1)
const gaussian = (from: Stream, n: number, d: number): Rows =>
  Array.from({ length: n }, () => [...from.normals(d)])

/** Multiples of one row, of both signs, moved by another. */
function onALine(from: Stream, n: number, d: number, moved: boolean): Rows {
  const [direction, origin] = gaussian(from, 2, d)
  return [...from.normals(n)].map((t) => direction.map((x, j) => t * x + (moved ? origin[j] : 0)))
}

/** Rows e₁ … eₙ, turned in every plane of two neighbouring axes. */
function orthonormal(from: Stream, n: number, d: number): Rows {
  const rows: Rows = Array.from({ length: n }, (_, i) => Array.from({ length: d }, (_, j) => Number(i === j)))
  for (let j = 0; j + 1 < d; j++) {
    const angle = from.uniform(0, 6)
    for (const row of rows) {
      const [a, b] = [row[j], row[j + 1]]
      row[j] = Math.cos(angle) * a - Math.sin(angle) * b
      row[j + 1] = Math.sin(angle) * a + Math.cos(angle) * b
    }
  }
  return rows
}

const times = (by: number, X: Rows): Rows => X.map((row) => row.map((x) => by * x))
const withLast = (X: Rows, value: (row: number[]) => number): Rows => X.map((row) => [...row, value(row)])

const DATA: Record<string, (from: Stream, n: number, d: number) => Rows> = {
  gaussian,
  'one row': (from, _n, d) => gaussian(from, 1, d),
  'two rows': (from, _n, d) => gaussian(from, 2, d),
  'one column': (from, n) => gaussian(from, n, 1),
  'a column of zeros': (from, n, d) => withLast(gaussian(from, n, d), () => 0),
  'a column of ones': (from, n, d) => withLast(gaussian(from, n, d), () => 1),
  'equal columns': (from, n, d) => withLast(gaussian(from, n, d), ([x]) => x),
  'equal rows': (from, n, d) => [
    ...gaussian(from, n - 2, d),
    ...Array<number[]>(2).fill([...from.normals(d)]),
  ],
  'parallel rows': (from, n, d) => {
    const X = gaussian(from, n - 2, d)
    return [...X, ...times(-1, [X[0]]), ...times(2, [X[0]])]
  },
  'rank one': (from, n, d) => onALine(from, n, d, false),
  'on a line': (from, n, d) => onALine(from, n, d, true),
  whitened: (from, _n, d) => orthonormal(from, 3, 2 + d),
  wide: (from, _n, d) => gaussian(from, 3, 3 + d),
  huge: (from, n, d) => times(1e6, gaussian(from, n, d)),
  tiny: (from, n, d) => times(1e-6, gaussian(from, n, d)),
  'all zero': (from, n, d) => times(0, gaussian(from, n, d)),
  grid: (from, n, d) => gaussian(from, n, d).map((row) => row.map(Math.round)),
  images: (from) => gaussian(from, 4, 9),
}

const TARGETS: Record<string, (from: Stream, X: Rows) => Target[]> = {
  real: (from, X) => [responses(from, X)],
  huge: (from, X) => [responses(from, X).map((y) => 1e6 * y)],
  tiny: (from, X) => [responses(from, X).map((y) => 1e-6 * y)],
  constant: (_, X) => [X.map(() => 0.7)],
  zero: (_, X) => [X.map(() => 0)],
  signs: (from, X) => [signs(responses(from, X))],
  'one of a kind': (_, X) => [X.map((_row, i) => (i === 0 ? -1 : 1))],
  vectors: (from, X) => [responses(from, X), responses(from, X)],
  'three classes': (from, X) => [X.map((_, i) => ['a', 'b', 'c'][i < 3 ? i : from.integer(3)])],
  'one class of two': (_, X) => [X.map(() => 1), X.map(() => 0)],
}

function responses(from: Stream, X: Rows): number[] {
  const size = Math.max(1e-9, ...X.flat().map(Math.abs))
  return X.map((row) => row[0] / size + Math.abs(row[row.length - 1]) / size + from.normal(0, 0.3))
}

const signs = (values: number[]): number[] => values.map((y, i) => (i < 2 ? 1 - 2 * i : y > 0.5 ? 1 : -1))

const FAMILIES: readonly FamilyId[] = [
  'relu',
  'relu',
  'relu-bias',
  'bn-relu',
  'relu-bn',
  'conv-bn',
  'parallel',
  'parallel-decay',
  'linear',
]

function networkOf(from: Stream, family: FamilyId): DocumentInput['network'] {
  const width = pick(from, [1, 4])
  const layers = pick(from, [2, 2, 3, 4])
  switch (family) {
    case 'conv-bn':
      return { family, width, filter: pick(from, [1, 2, [1, 2], 4]), stride: pick(from, [1, 2]) }
    case 'parallel':
    case 'parallel-decay':
      return { family, m1: pick(from, [1, 2]), m2: pick(from, [1, 2]), branches: 2 }
    case 'relu-bias':
      return { family, layers, width, outputBias: from.integer(3) > 0 }
    case 'relu':
    case 'bn-relu':
    case 'relu-bn':
    case 'linear':
      return { family, layers, width }
  }
}

const LOSSES: Record<string, readonly LossId[]> = {
  signs: ['squared', 'hinge', 'logistic', 'equality'],
  'one of a kind': ['squared', 'hinge', 'logistic'],
  'three classes': ['squared', 'cross-entropy', 'equality'],
  'one class of two': ['squared', 'cross-entropy', 'equality'],
}

/** All methods, some of them twice, with what a document may say of them. */
function methodsOf(from: Stream): Methods {
  const arrangements = () => ({
    mode: pick(from, ['auto', 'auto', 'enumerate', 'sample', 'grow'] as const),
    count: pick(from, [1, 5, 30]),
    limit: pick(from, [20_000, 20_000, 10]),
  })
  const fixed = { mode: pick(from, ['auto', 'enumerate', 'sample'] as const), count: 10 }
  const exact = () => ({
    arrangements: arrangements(),
    tolerance: pick(from, [1e-6, 1e-8, 1e-3]),
    search: { starts: 5 },
    proof: { cones: 2000 },
  })
  const batchSize = pick(from, ['full', 1, 2, 3] as const)
  const optimizer = pick(from, [
    'gd',
    'sgd',
    'momentum',
    'nesterov',
    'adam',
    'adamw',
    'adagrad',
    'adadelta',
  ] as const)
  return [
    { id: 'convex', proof: { cones: 2000 }, search: { starts: 5 } },
    { id: 'convex', ...exact(), solver: pick(from, ['active-set', 'admm'] as const) },
    { id: 'path', ...exact(), points: pick(from, [1, 3]) },
    { id: 'gated', arrangements: fixed },
    {
      id: 'penalized',
      arrangements: { count: 5 },
      epochs: 10,
      batchSize,
      learningRate: pick(from, [1, 0.1]),
    },
    { id: 'low-rank', ...exact(), rank: pick(from, [1, 2, 'variance'] as const) },
    {
      id: 'cutting-planes',
      oracle: pick(from, ['auto', 'spike-free', 'exact'] as const),
      extremePoints: from.integer(2) > 0,
    },
    { id: 'closed-form' },
    { id: 'closed-form', theorem: pick(from, ['auto', ...THEOREM_IDS] as const), override: true },
    {
      id: 'sgd',
      optimizer,
      epochs: 20,
      batchSize,
      learningRate: pick(from, [0.01, 1]),
      precision: pick(from, ['f64', 'f32'] as const),
    },
    { id: 'whitened-gd', epochs: 10 },
    { id: 'least-squares' },
    { id: 'convex-rf', patches: 5, patch: 2, whiten: from.integer(2) > 0 },
    {
      id: 'stacking',
      stages: 2,
      solver: pick(from, ['convex', 'penalized'] as const),
      arrangements: arrangements(),
      epochs: 5,
    },
    { id: 'ntk', bias: from.integer(2) > 0, norm: pick(from, ['coefficients', 'function'] as const) },
  ]
}

export interface Combination {
  /** The kinds of data and targets, the family, the loss. */
  name: string
  table: Table
  asked: Asked
}

/** The problem of a seed with all methods; β from far too small to larger than that of the zero network. */
export function combinationOf(seed: number): Combination {
  const from = stream(seed)
  const kind = pick(from, Object.keys(DATA))
  const targetKind = pick(from, Object.keys(TARGETS))
  const X = DATA[kind](from, between(from, 4, 7), between(from, 1, 3))
  const targets = TARGETS[targetKind](from, X)
  const image = kind === 'images' ? { height: 3, width: 3, channels: 1 } : null
  const family = pick(from, FAMILIES)
  const loss = pick(from, LOSSES[targetKind] ?? (['squared', 'squared', 'equality'] as const))
  const size = Math.hypot(...targets.flat().map((y) => (typeof y === 'number' ? y : 1))) || 1
  const reach = family.includes('bn') ? 1 : Math.hypot(...X.flat()) || 1
  return {
    name: `${kind}, ${targetKind}, ${family}, ${loss}`,
    table: tableOf(X, targets, image),
    asked: {
      network: networkOf(from, family),
      loss,
      beta: size * reach * pick(from, [1e-6, 1e-3, 0.03, 0.1, 0.3, 5]),
      methods: methodsOf(from),
      seed: from.integer(5),
      limits: { seconds: 60, iterations: pick(from, [30, 100]) },
    },
  }
}
