/** What each network family computes and what its regulariser is, as TeX (THEORY §1, §3). */
import type { FamilyId } from '../../../../core/experiments/document.ts'

export interface NetworkQuestion {
  /** One output column, so that the last weights are a vector. */
  scalar: boolean
  /** Weight matrices. */
  layers: number
  /** relu-bias only. */
  outputBias: boolean
}

export interface FamilyFormula {
  /** What is minimised over. */
  variables: string
  /** The regulariser with its β. */
  penalty: string
  /** `F = …`. */
  network: string
  /** Regulariser and network, for screen readers. */
  words: string
}

/** w₂ of one output, W₂ of several. */
const output = ({ scalar, layers }: NetworkQuestion) =>
  `${scalar ? 'w' : 'W'}_${layers < 10 ? layers : `{${layers}}`}`

const squared = (name: string, norm: '2' | 'F') => String.raw`\lVert ${name}\rVert_${norm}^2`
const outputSquared = (question: NetworkQuestion) => squared(output(question), question.scalar ? '2' : 'F')

const decay = (...terms: string[]) => String.raw`\tfrac{\beta}{2}\bigl(${terms.join('+')}\bigr)`
const list = (...names: string[]) => names.join(String.raw`,\,`)

/** W₁, W₂, … up to the last hidden one; in the middle of deep networks only dots. */
const hidden = (layers: number) =>
  layers > 4 ? ['W_1', String.raw`\dots`] : Array.from({ length: layers - 1 }, (_, l) => `W_${l + 1}`)

function weightDecay(question: NetworkQuestion): string {
  const { layers } = question
  return layers > 4
    ? decay(String.raw`\textstyle\sum_{l=1}^{${layers}}\lVert W_l\rVert_F^2`)
    : decay(...hidden(layers).map((name) => squared(name, 'F')), outputSquared(question))
}

/** ((XW₁)₊W₂)₊w₃. */
function rectified(question: NetworkQuestion): string {
  const names = hidden(question.layers)
  const inner = names.slice(1).reduce((tex, name) => `(${tex}${name})_+`, '(XW_1)_+')
  return `F=${inner}\\,${output(question)}`
}

/** b₁ of W₁, b₂ of w₂. */
const biasOf = (weights: string) => weights.replace(/^[Ww]/, 'b')

/** F = A₂w₃, A_l = (…A_{l−1}W_l…)₊, A₀ = X: what would be wider than its box when nested. */
const layered = ({ layers }: NetworkQuestion, out: string, layer: (inside: string) => string) =>
  String.raw`F=A_{${layers - 1}}\,${out},\newline A_l=${layer('A_{l-1}W_l')},\;\;A_0=X`

/** (XW₁ + 1b₁ᵀ)₊w₂ + 1b₂ᵀ. */
function rectifiedWithBias(question: NetworkQuestion): string {
  const plus = (bias: string) => String.raw`+1${bias}^\top`
  const out = output(question) + (question.outputBias ? plus(biasOf(output(question))) : '')
  return question.layers === 2
    ? String.raw`F=(XW_1${plus('b_1')})_+\,${out}`
    : layered(question, out, (inside) => `(${inside}${plus('b_l')})_+`)
}

const BATCH_NORM = String.raw`\mathrm{BN}_{\gamma,\alpha}`
/** γ of one normalisation; of the last one where there are several. */
const lastOf = (name: string, { layers }: NetworkQuestion) =>
  layers === 2 ? name : `${name}_${layers > 10 ? `{${layers - 1}}` : layers - 1}`
const scaleDecay = (question: NetworkQuestion) =>
  decay(
    squared(lastOf(String.raw`\gamma`, question), '2'),
    squared(lastOf(String.raw`\alpha`, question), '2'),
    outputSquared(question),
  )
const scaleVariables = (question: NetworkQuestion) =>
  question.layers === 2
    ? list('W_1', String.raw`\gamma`, String.raw`\alpha`, output(question))
    : list(String.raw`\{W_l,\gamma_l,\alpha_l\}`, output(question))

/** (BN(XW₁))₊w₂, or with the ReLU inside: BN((XW₁)₊)w₂. */
function normalizedLayers(question: NetworkQuestion, after: boolean): string {
  const layer = (inside: string) =>
    after
      ? String.raw`${BATCH_NORM}\bigl((${inside})_+\bigr)`
      : String.raw`\bigl(${BATCH_NORM}(${inside})\bigr)_+`
  return question.layers === 2
    ? String.raw`F=${layer('XW_1')}\,${output(question)}`
    : layered(question, output(question), layer)
}
const SCALE_WORDS = 'half β times the squares of γ, α and the output weights'
const LAST_SCALE_WORDS =
  'half β times the squares of γ and α of the last hidden layer and of the output weights'

const decayWords = ({ layers }: NetworkQuestion) =>
  layers === 2
    ? 'half β times the squared weights of both layers'
    : `half β times the squared weights of all ${layers} layers`

export const FAMILY_FORMULAS: Record<FamilyId, (question: NetworkQuestion) => FamilyFormula> = {
  relu: (question) => ({
    variables: list(...hidden(question.layers), output(question)),
    penalty: weightDecay(question),
    network: rectified(question),
    words:
      question.layers === 2
        ? `${decayWords(question)}; F is the output layer of ReLU of X W1`
        : `${decayWords(question)}; F is the output layer after ${question.layers - 1} ReLU layers`,
  }),
  'relu-bias': (question) => ({
    variables: list(
      ...hidden(question.layers).flatMap((name) => (name.startsWith('W') ? [name, biasOf(name)] : [name])),
      output(question),
      ...(question.outputBias ? [biasOf(output(question))] : []),
    ),
    penalty: weightDecay(question),
    network: rectifiedWithBias(question),
    words:
      question.layers === 2
        ? `${decayWords(question)}, biases free; F is the output layer of ReLU of X W1 plus biases`
        : `${decayWords(question)}, biases free; F is the output layer after ${question.layers - 1} ReLU layers with biases`,
  }),
  'bn-relu': (question) => ({
    variables: scaleVariables(question),
    penalty: scaleDecay(question),
    network: normalizedLayers(question, false),
    words:
      question.layers === 2
        ? `${SCALE_WORDS}; F is the output layer of ReLU of batch normalised X W1`
        : `${LAST_SCALE_WORDS}; F is the output layer after ${question.layers - 1} layers of ReLU of batch normalised units`,
  }),
  'relu-bn': (question) => ({
    variables: scaleVariables(question),
    penalty: scaleDecay(question),
    network: normalizedLayers(question, true),
    words:
      question.layers === 2
        ? `${SCALE_WORDS}; F is the output layer of batch normalised ReLU of X W1`
        : `${LAST_SCALE_WORDS}; F is the output layer after ${question.layers - 1} layers of batch normalised ReLU units`,
  }),
  'conv-bn': (question) => ({
    variables: scaleVariables(question),
    penalty: scaleDecay(question),
    network: String.raw`F=\textstyle\sum_k\bigl(${BATCH_NORM}(X_kW_1)\bigr)_+\,${output(question)}`,
    words: `${SCALE_WORDS}; F is the output layer of the sum over patches of ReLU of batch normalised filter responses`,
  }),
  parallel: (question) => ({
    ...branches(question),
    penalty: String.raw`\beta\textstyle\sum_k\sqrt{\sum_{j,l}\lVert w_{1kj}\rVert_2^2\,w_{2kjl}^2\,${lastStep(question)}}`,
    words:
      'β times the path norm, one root for each sub-network; F is the sum of three-layer ReLU sub-networks',
  }),
  'parallel-decay': (question) => ({
    ...branches(question),
    penalty: String.raw`\tfrac{\beta}{2}\textstyle\sum_k\bigl(${[
      squared('W_{1k}', 'F'),
      squared('W_{2k}', 'F'),
      squared(outputOfBranch(question), question.scalar ? '2' : 'F'),
    ].join('+')}\bigr)`,
    words: `${decayWords(question)}; F is the sum of three-layer ReLU sub-networks`,
  }),
  linear: (question) => ({
    variables: list(...hidden(question.layers), output(question)),
    penalty: weightDecay(question),
    network: `F=X${hidden(question.layers)
      .map((name) => (name.startsWith('W') ? name : String.raw`\cdots `))
      .join('')}${output(question)}`,
    words: `${decayWords(question)}; F is X times all layers`,
  }),
}

const branches = (question: NetworkQuestion) => ({
  variables: String.raw`\{W_{1k},W_{2k},${outputOfBranch(question)}\}`,
  network: String.raw`F=\textstyle\sum_k\bigl((XW_{1k})_+W_{2k}\bigr)_+\,${outputOfBranch(question)}`,
})
const outputOfBranch = ({ scalar }: NetworkQuestion) => (scalar ? 'w_{3k}' : 'W_{3k}')
const lastStep = ({ scalar }: NetworkQuestion) =>
  scalar ? 'w_{3kl}^2' : String.raw`\lVert w_{3kl}\rVert_2^2`
