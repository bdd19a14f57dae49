/** Where the three plots of a path lie: objective and bound, neurons, train and test score, over one axis of β. */
import type { Frame, Size } from './frame.ts'
import { LETTER } from './draw.ts'
import { networkBound } from './path.ts'
import type { PathModel } from './path.ts'
import { fitScale } from './scale.ts'
import type { Scale, ScaleKind } from './scale.ts'

export interface PathFrames {
  objective: Frame
  neurons: Frame
  score: Frame
}

/** A lower bound further below the objectives than this leaves the plot instead of flattening it. */
const LOWEST_BOUND = 0.1
/** Shares of the height, top to bottom. */
const SHARES = [0.5, 0.22, 0.28]
const GAP = 14
const MARGIN = { left: 62, top: 22, bottom: 40 }

/** The score of train or test at a point; null where there is none. */
export function scoresOf({ curves, score }: PathModel, part: 'train' | 'test'): (number | null)[] {
  return curves.flatMap(({ points }) => points.map((point) => point[part]?.[score] ?? null))
}

/** Logarithmic where everything is positive. */
const kindOf = (values: readonly number[]): ScaleKind =>
  values.every((value) => value > 0) ? 'log' : 'linear'

function objectiveScale({ curves }: PathModel): Scale {
  const points = curves.flatMap((curve) => curve.points)
  const objectives = points.flatMap(({ objective }) => objective ?? [])
  const least = objectives.reduce((a, b) => Math.min(a, b), Infinity)
  const bounds = points
    .flatMap((point) => networkBound(point) ?? [])
    .filter((bound) => bound >= LOWEST_BOUND * least)
  return fitScale(kindOf(objectives), [...objectives, ...bounds], 0.06, 0.06)
}

function neuronScale({ curves }: PathModel): Scale {
  const most = Math.max(1, ...curves.flatMap(({ points }) => points.map(({ neurons }) => neurons)))
  return { kind: 'linear', min: 0, max: most * 1.12 }
}

function scoreScale(model: PathModel): Scale {
  const values = [...scoresOf(model, 'train'), ...scoresOf(model, 'test')].filter((value) => value !== null)
  if (model.score === 'loss') return fitScale(kindOf(values), values, 0.08, 0.08)
  const percents = values.map((value) => 100 * value)
  return { ...fitScale('linear', percents, 0.08, 0.08), max: Math.min(103, Math.max(...percents, 50) + 3) }
}

/** Frames in the coordinates of the whole drawing. */
export function pathFrames(model: PathModel, size: Size): PathFrames {
  const betas = model.curves.flatMap(({ points }) => points.map(({ beta }) => beta))
  const x = fitScale('log', betas, 0.02, 0.02)
  const longest = Math.max(12, ...model.curves.map(({ label }) => label.length))
  const right = Math.min(longest * LETTER + 14, size.width * 0.3)
  const inner = Math.max(3, size.height - MARGIN.top - MARGIN.bottom - 2 * GAP)
  let top = MARGIN.top
  const [objective, neurons, score] = [objectiveScale(model), neuronScale(model), scoreScale(model)].map(
    (y, k): Frame => {
      const height = SHARES[k] * inner
      const frame = { ...size, left: MARGIN.left, right, top, bottom: size.height - top - height, x, y }
      top += height + GAP
      return frame
    },
  )
  return { objective, neurons, score }
}
