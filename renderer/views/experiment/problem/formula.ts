/** The objective as TeX, with the exact factors of THEORY §1: what every method's objective is a value of. */
import { NETWORK_SCHEMAS } from '../../../../core/experiments/document.ts'
import type { FamilyId, LossId } from '../../../../core/experiments/document.ts'
import { getAt, isObject } from '../../../stores/json-path.ts'
import type { Json } from '../../../stores/json-path.ts'
import { FAMILY_FORMULAS, type FamilyFormula } from './family-formulas.ts'

export interface FormulaQuestion {
  family: FamilyId
  loss: LossId
  /** One output column, so that y and w₂ are vectors. Unknown before the data are read: taken as true. */
  scalar: boolean
  /** As {@link networkAsWritten} finds them; the family's defaults when absent. */
  layers?: number
  outputBias?: boolean
}

export interface ObjectiveFormula {
  /** `min … `, display style. */
  objective: string
  /** What F is. */
  network: string
  /** The same in words, for screen readers. */
  words: string
}

interface LossFormula {
  tex: (scalar: boolean) => string
  words: string
}

const LOSSES: Record<LossId, LossFormula> = {
  squared: {
    tex: (scalar) =>
      scalar ? String.raw`\tfrac12\lVert F-y\rVert_2^2` : String.raw`\tfrac12\lVert F-Y\rVert_F^2`,
    words: 'half the sum of squared errors',
  },
  hinge: {
    tex: () => String.raw`\sum_{i=1}^n \max\{0,\,1-y_iF_i\}`,
    words: 'the sum of hinge losses',
  },
  logistic: {
    tex: () => String.raw`\sum_{i=1}^n \log\bigl(1+e^{-y_iF_i}\bigr)`,
    words: 'the sum of logistic losses',
  },
  'cross-entropy': {
    tex: () => String.raw`\sum_{i=1}^n \Bigl(\log\textstyle\sum_k e^{F_{ik}}-\langle Y_i,F_i\rangle\Bigr)`,
    words: 'the sum of cross-entropies',
  },
  equality: {
    tex: (scalar) => String.raw`\iota\{F=${scalar ? 'y' : 'Y'}\}`,
    words: 'zero where the network fits every target exactly and infinity elsewhere',
  },
}

const defaultLayers = (family: FamilyId): number => NETWORK_SCHEMAS[family].shape.layers.parse(undefined)

/** What the formula needs of the network's settings, where they are valid: an empty or half-typed field says nothing. */
export function networkAsWritten(
  family: FamilyId,
  network: Json,
): Pick<FormulaQuestion, 'layers' | 'outputBias'> {
  const layers = NETWORK_SCHEMAS[family].shape.layers.safeParse(getAt(network, ['layers']))
  return { layers: layers.data, outputBias: getAt(network, ['outputBias']) !== false }
}

/** The objective of a family and loss, every factor as the engine evaluates it. */
export function objectiveFormula(question: FormulaQuestion): ObjectiveFormula {
  const { family, loss, scalar } = question
  const { layers = defaultLayers(family), outputBias = true } = question
  const formula = FAMILY_FORMULAS[family]({ scalar, layers, outputBias })
  const { variables, penalty, network, words } = loss === 'equality' ? withoutBeta(formula) : formula
  return {
    objective: String.raw`\min_{${variables}}\;${LOSSES[loss].tex(scalar)}+${penalty}`,
    network,
    words: `Minimise ${LOSSES[loss].words} plus ${words}.`,
  }
}

/** The regulariser is the objective itself where the fit is a constraint: β has no part in it. */
function withoutBeta(formula: FamilyFormula): FamilyFormula {
  const { penalty, words } = formula
  return {
    ...formula,
    penalty: penalty.replace(String.raw`\tfrac{\beta}{2}`, String.raw`\tfrac12`).replace(/^\\beta/, ''),
    words: words.replace('half β times', 'half of').replace('β times ', ''),
  }
}

function texNumber(value: number): string {
  if (value === 0) return '0'
  const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-12)
  if (exponent >= -3 && exponent < 5) return String(Number(value.toPrecision(6)))
  const mantissa = Number((value / 10 ** exponent).toPrecision(6))
  return mantissa === 1 ? `10^{${exponent}}` : String.raw`${mantissa}\cdot10^{${exponent}}`
}

/**
 * `\beta = 0.1`, or the set of a sweep.
 *
 * @returns null where the field holds no number yet
 */
export function betaTex(beta: Json): string | null {
  if (typeof beta === 'number') return String.raw`\beta=${texNumber(beta)}`
  if (!isObject(beta)) return null
  const numbers = (value: Json): value is number[] =>
    Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number')
  if (numbers(beta.sweep)) return String.raw`\beta\in\{${shorten(beta.sweep.map(texNumber))}\}`
  if (numbers(beta.logspace) && beta.logspace.length === 3) {
    const [from, to, count] = beta.logspace
    return String.raw`\beta\in\{${texNumber(10 ** from)},\dots,${texNumber(10 ** to)}\},\;${count}\text{ values}`
  }
  return null
}

const shorten = (items: string[]) =>
  (items.length > 4 ? [...items.slice(0, 2), String.raw`\dots`, items.at(-1)] : items).join(',\\,')

/** `X ∈ ℝ^{208×60}, y ∈ ℝ^{208}` once the data are known. */
export function shapesTex(n: number, d: number, outputs: number): string {
  const targets =
    outputs === 1 ? String.raw`y\in\mathbb{R}^{${n}}` : String.raw`Y\in\mathbb{R}^{${n}\times ${outputs}}`
  return String.raw`X\in\mathbb{R}^{${n}\times ${d}},\;${targets}`
}
