import { METHOD_SCHEMAS, NETWORK_SCHEMAS, type SettingsOf } from '../../core/experiments/document.ts'
import type { Problem } from '../../core/experiments/problem.ts'
import { engine } from '../../core/kernels/engine.ts'
import type { Product } from '../../core/kernels/gemm-job.ts'
import { Matrix } from '../../core/linalg/matrix.ts'
import { stream } from '../../core/random/index.ts'
import { Trainer } from '../../core/training/trainer.ts'
import { spawnTeamMember } from '../../electron/worker/kernel-team.ts'
import { measure, percent, printTable, seconds, times, type Row, type Timing } from './report.ts'

/** One workload: a problem, how it is trained, and what PyTorch 1.13 took on two cores of this kind. */
interface Workload {
  readonly what: string
  readonly problem: Problem
  readonly settings: Partial<SettingsOf<'sgd'>>
  /** Epochs of one sample. */
  readonly epochs: number
  /** Seconds an epoch on one and on two threads; null where none was measured. */
  readonly reference: readonly [number, number] | null
}

/** Best of so many: busy spells of the machine last seconds. */
const SAMPLES = 6

/** Our seconds over PyTorch's, at most. */
const GOAL = 2.5

/** Seconds an epoch of gradient training, beside the goals; the share of matrix products; the cost of what is recorded. */
export async function run(options: readonly string[]): Promise<void> {
  const chosen = workloads().filter(({ what }) => options.every((word) => what.includes(word)))
  engine().timeTiles(() => performance.now())
  process.stdout.write(
    `Gradient training: ${engine().variant} SIMD. Seconds an epoch, best of ${SAMPLES}: processor time of one thread, elapsed time of ` +
      `two; goal: ${GOAL} times PyTorch's.\n`,
  )
  const rows: Row[] = []
  for (const workload of chosen) rows.push(...(await measured(workload)))
  const columns = [
    'seconds',
    'goal',
    'of the goal',
    'in products',
    'GFLOP/s there',
    'objectives, of the time',
  ]
  printTable('An epoch', columns, rows)
}

function workloads(): Workload[] {
  const digits = problemOf([60000, 784, 10], 'relu', { width: 100 }, 'cross-entropy')
  const wide = (family: 'relu' | 'bn-relu') => problemOf([1500, 3072, 3], family, { width: 1000 }, 'squared')
  const images = problemOf(
    [2000, 3072, 10],
    'conv-bn',
    { width: 64, filter: 5, stride: 2 },
    'cross-entropy',
    {
      height: 32,
      width: 32,
      channels: 3,
    },
  )
  const batches = { optimizer: 'momentum', batchSize: 1000, precision: 'f32' } as const
  const full = { optimizer: 'gd', precision: 'f32' } as const
  return [
    {
      what: 'digits 784-100-10, momentum',
      problem: digits,
      settings: batches,
      epochs: 2,
      reference: [0.22, 0.2],
    },
    {
      what: 'digits, f64',
      problem: digits,
      settings: { ...batches, precision: 'f64' },
      epochs: 1,
      reference: null,
    },
    {
      what: 'digits, adam',
      problem: digits,
      settings: { ...batches, optimizer: 'adam' },
      epochs: 2,
      reference: null,
    },
    { what: 'GD 3072-1000-3', problem: wide('relu'), settings: full, epochs: 3, reference: [0.14, 0.09] },
    // Too few epochs for the row space to pay: the products as they stand.
    {
      what: 'GD, of few epochs',
      problem: wide('relu'),
      settings: { ...full, epochs: 1 },
      epochs: 2,
      reference: [0.14, 0.09],
    },
    {
      what: 'GD 3072-1000-3, BN',
      problem: wide('bn-relu'),
      settings: full,
      epochs: 3,
      reference: [0.15, 0.09],
    },
    {
      what: 'CNN 64 filters 5×5×3, BN',
      problem: images,
      settings: { ...batches, batchSize: 100 },
      epochs: 1,
      reference: null,
    },
  ]
}

/** One workload on one thread and on two. */
async function measured(workload: Workload): Promise<Row[]> {
  const alone = epoch(workload, 'cpu')
  engine().hire(spawnTeamMember, 1)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const together = epoch(workload, 'wall')
  engine().dismiss()
  return [alone, together].map((figures, i) => row(workload, figures, i))
}

function row(
  { what, reference }: Workload,
  { total, products, operations, recorded }: Figures,
  i: number,
): Row {
  const goal = reference && GOAL * reference[i]
  return {
    what: i === 0 ? what : '  two threads',
    figures: [
      seconds(total),
      goal === null ? '–' : seconds(goal),
      goal === null ? '–' : times(total / goal),
      percent(products),
      (operations / (products * total) / 1e9).toFixed(1),
      percent(recorded),
    ],
  }
}

interface Figures {
  /** Seconds an epoch, objectives left out. */
  readonly total: number
  /** Share of the time in matrix products, and their operations. */
  readonly products: number
  readonly operations: number
  /** What evaluating the objective where it is due adds, as a share. */
  readonly recorded: number
}

function epoch({ problem, settings, epochs }: Workload, clock: keyof Timing): Figures {
  const trainer = new Trainer(problem, { ...METHOD_SCHEMAS.sgd.parse({ id: 'sgd' }), ...settings }, 1)
  try {
    trainer.advance(() => null)
    const samples = Array.from({ length: SAMPLES }, () => sample(trainer, epochs, clock))
    const best = samples.reduce((one, other) => (other.total < one.total ? other : one))
    // Full batches in double give the objective with the gradient.
    const evaluation = trainer.period === 1 ? 0 : measure(() => trainer.evaluate(), 2)[clock]
    return { ...best, recorded: evaluation / trainer.period / best.total }
  } finally {
    trainer.free()
  }
}

function sample(trainer: Trainer, epochs: number, clock: keyof Timing): Omit<Figures, 'recorded'> {
  const watch = watchProducts()
  const taken = measure(() => {
    for (let i = 0; i < epochs; i++) trainer.advance(() => null)
  }, 1)
  watch.stop()
  return {
    total: taken[clock] / epochs,
    products: watch.seconds / taken.wall,
    operations: watch.operations / epochs,
  }
}

/** Times the engine's products until it is stopped. */
function watchProducts() {
  const host = engine()
  const multiply = host.multiply.bind(host)
  const watch = {
    seconds: 0,
    operations: 0,
    stop: () => {
      delete (host as Partial<typeof host>).multiply
    },
  }
  host.multiply = (product: Product) => {
    const started = performance.now()
    multiply(product)
    watch.seconds += (performance.now() - started) / 1e3
    watch.operations += 2 * product.m * product.n * product.k
  }
  return watch
}

function problemOf(
  [n, d, outputs]: readonly [number, number, number],
  family: 'relu' | 'bn-relu' | 'conv-bn',
  network: object,
  loss: Problem['loss'],
  image: Problem['summary']['image'] = null,
): Problem {
  const source = stream(1).split(family)
  const X = new Matrix(n, d, new Float64Array(new SharedArrayBuffer(8 * n * d)))
  // Values repeat with a period that no row length divides: nothing here depends on them.
  const values = Float64Array.from({ length: 10_007 }, () => source.uniform())
  for (let at = 0; at < X.data.length; at++) X.data[at] = values[at % values.length]
  const Y = Matrix.zeros(n, outputs)
  for (let i = 0; i < n; i++) Y.set(i, source.integer(outputs), 1)
  const summary = { image } as Problem['summary']
  return {
    X,
    Y,
    test: null,
    network: NETWORK_SCHEMAS[family].parse({ family, ...network }),
    loss,
    beta: 1e-3,
    summary,
  }
}
