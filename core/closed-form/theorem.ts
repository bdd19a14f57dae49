/** What a closed form is: the light half, evaluated while a person edits, and the computing half. */
import type { LossId, NetworkSettings, TheoremId } from '../experiments/document.ts'
import type { MethodOutcome, NamedArrays, Problem, TrainedNetwork } from '../experiments/problem.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'

/** Facts that the hypotheses are checked on. */
export interface Situation {
  network: NetworkSettings
  loss: LossId
  beta: number
  summary: ProblemSummary
}

export interface Theorem {
  /** Words for the sentence that names what was proved: "the closed form for …". */
  title: string
  /** Words for menus: "Whitened, exact". */
  name: string
  /** Papers and theorem numbers. */
  source: string
  /** Whether it is a statement about this network, loss and coding of the labels at all. */
  covers: (situation: Situation) => boolean
  /** Each evaluated on the data; the theorem holds where all of them do. */
  hypotheses: (situation: Situation) => Hypothesis[]
  /** Names of hypotheses without which there is no formula at all: not even `override` runs it then. */
  indispensable?: readonly string[]
}

/** Weights that a theorem writes down, and what it says of them. */
export interface ClosedForm {
  network: TrainedNetwork
  /** The value that the theorem states for these weights: their objective, to rounding. */
  value: number
  /** What is proved of the network problem where all hypotheses hold. */
  claim: MethodOutcome['claim']
  /**
   * Hypotheses that only the computation can measure, in place of those of the same names. Where one fails the method
   * refuses unless it is overridden.
   */
  measured?: Hypothesis[]
  /** `numericalError` when the data are too ill-conditioned for the formula. */
  status: 'solved' | 'numericalError'
  /** The dual point and the like. */
  arrays: NamedArrays
  details: Record<string, number | string | null>
}

/**
 * Computes the weights of a theorem.
 *
 * @param seed of what the theorem leaves free: fixed random hidden layers
 * @throws BidualError unsupported, when the data turn out not to fulfil what the summary could not tell
 */
export type SolveTheorem = (problem: Problem, seed: number) => ClosedForm

export type TheoremTable<Entry> = Readonly<Record<TheoremId, Entry>>
