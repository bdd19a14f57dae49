/** One look a method through the whole program: colour role, dash and marker (survives greyscale). */
import { defaultSettings, methodLabel } from '../../core/experiments/catalog.ts'
import { METHOD_SCHEMAS } from '../../core/experiments/document.ts'
import type { MethodId } from '../../core/experiments/document.ts'

export type Marker =
  'circle' | 'emptyCircle' | 'rect' | 'emptyRect' | 'diamond' | 'emptyDiamond' | 'triangle' | 'emptyTriangle'

export interface Identity {
  /** Name of the CSS custom property that holds the colour. */
  token: string
  /** Lengths of strokes and gaps in pixels; empty: solid. */
  dash: readonly number[]
  marker: Marker
}

const OPTIMIZERS = METHOD_SCHEMAS.sgd.shape.optimizer.unwrap().options
type Optimizer = (typeof OPTIMIZERS)[number]

export const METHOD_IDENTITIES: Record<Exclude<MethodId, 'sgd'>, Identity> = {
  convex: { token: '--series-convex', dash: [], marker: 'circle' },
  path: { token: '--series-convex', dash: [1, 3], marker: 'emptyRect' },
  gated: { token: '--series-gated', dash: [7, 4], marker: 'emptyCircle' },
  penalized: { token: '--series-convex', dash: [2, 3], marker: 'emptyTriangle' },
  'low-rank': { token: '--series-convex', dash: [12, 4], marker: 'diamond' },
  'cutting-planes': { token: '--series-cutting-plane', dash: [1.5, 3], marker: 'diamond' },
  'closed-form': { token: '--series-closed-form', dash: [], marker: 'rect' },
  'whitened-gd': { token: '--series-gd', dash: [2, 3], marker: 'emptyTriangle' },
  'least-squares': { token: '--series-least-squares', dash: [], marker: 'emptyRect' },
  'convex-rf': { token: '--series-convex', dash: [5, 2, 1.5, 2], marker: 'emptyDiamond' },
  stacking: { token: '--series-convex', dash: [14, 3, 2, 3], marker: 'rect' },
  ntk: { token: '--series-least-squares', dash: [5, 3], marker: 'emptyDiamond' },
}

export const OPTIMIZER_IDENTITIES: Record<Optimizer, Identity> = {
  gd: { token: '--series-gd', dash: [], marker: 'triangle' },
  sgd: { token: '--series-sgd', dash: [6, 3], marker: 'triangle' },
  momentum: { token: '--series-momentum', dash: [11, 4], marker: 'triangle' },
  nesterov: { token: '--series-momentum', dash: [2, 3], marker: 'emptyTriangle' },
  adam: { token: '--series-adam', dash: [3, 3], marker: 'triangle' },
  adamw: { token: '--series-adam', dash: [9, 3, 2, 3], marker: 'emptyTriangle' },
  adagrad: { token: '--series-sgd', dash: [], marker: 'emptyDiamond' },
  adadelta: { token: '--series-sgd', dash: [2, 4], marker: 'emptyDiamond' },
}

/** The dual bound: always the text colour, thin, dash-dot. */
export const BOUND_IDENTITY: Identity = { token: '--series-bound', dash: [8, 3, 1.5, 3], marker: 'circle' }

/** The CSS tokens of all identities. */
export const SERIES_TOKENS: readonly string[] = [
  ...Object.values(METHOD_IDENTITIES),
  ...Object.values(OPTIMIZER_IDENTITIES),
  BOUND_IDENTITY,
].map(({ token }) => token)

/** Labels of runs begin with the method's words; the words name the optimiser. */
const optimizerByLabel = new Map(
  OPTIMIZERS.map((optimizer) => [methodLabel({ ...defaultSettings('sgd'), optimizer }), optimizer]),
)

/**
 * The identity of a run.
 *
 * @param label the run's label as the engine gives it: "SGD, momentum · trial 2"
 */
export function identityOf(method: MethodId, label: string): Identity {
  if (method !== 'sgd') return METHOD_IDENTITIES[method]
  return OPTIMIZER_IDENTITIES[optimizerByLabel.get(label.split(' · ')[0]) ?? 'sgd']
}
