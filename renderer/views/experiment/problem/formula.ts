/** The objective as TeX, with the exact factors of THEORY §1: what every method's objective is a value of. */
import type { FamilyId, LossId } from '../../../../core/experiments/document.ts'
import { isObject } from '../../../stores/json-path.ts'
import type { Json } from '../../../stores/json-path.ts'

export interface FormulaQuestion {
  family: FamilyId
  loss: LossId
  /** One output column, so that y and w₂ are vectors. Unknown before the data are read: taken as true. */
  scalar: boolean
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

interface FamilyFormula {
  variables: (output: string) => string
  regulariser: (output: string, norm: string) => string
  network: (output: string) => string
  words: string
}

const FAMILIES: Record<FamilyId, FamilyFormula> = {
  relu: {
    variables: (output) => `W_1,\\,${output}`,
    regulariser: (output, norm) => String.raw`\lVert W_1\rVert_F^2+\lVert ${output}\rVert_${norm}^2`,
    network: (output) => `F=(XW_1)_+\\,${output}`,
    words: 'half β times the squared weights of both layers; F is the output layer of ReLU of X W1',
  },
  'bn-relu': {
    variables: (output) => String.raw`W_1,\,\gamma,\,\alpha,\,${output}`,
    regulariser: (output, norm) =>
      String.raw`\lVert\gamma\rVert_2^2+\lVert\alpha\rVert_2^2+\lVert ${output}\rVert_${norm}^2`,
    network: (output) => String.raw`F=\bigl(\mathrm{BN}_{\gamma,\alpha}(XW_1)\bigr)_+\,${output}`,
    words:
      'half β times the squares of γ, α and the output weights; F is the output layer of ReLU of batch normalised X W1',
  },
}

/** The objective of a family and loss, every factor as the engine evaluates it. */
export function objectiveFormula({ family, loss, scalar }: FormulaQuestion): ObjectiveFormula {
  const output = scalar ? 'w_2' : 'W_2'
  const norm = scalar ? '2' : 'F'
  const { variables, regulariser, network, words } = FAMILIES[family]
  const penalty = String.raw`\tfrac{\beta}{2}\bigl(${regulariser(output, norm)}\bigr)`
  return {
    objective: String.raw`\min_{${variables(output)}}\;${LOSSES[loss].tex(scalar)}+${penalty}`,
    network: network(output),
    words: `Minimise ${LOSSES[loss].words} plus ${words}.`,
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
