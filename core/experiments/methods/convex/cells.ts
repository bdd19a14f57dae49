import { atomsOf } from '../../../atoms/index.ts'
import { LOSSES } from '../../../losses/index.ts'
import { dictionaryPlan } from '../../../programs/plan.ts'
import { familyOf, type ProgramFamily } from '../../../programs/families/index.ts'
import { DirectionGrowth, NeuronGrowth } from '../../../programs/growth.ts'
import { scalarProgram, type ConvexProgram } from '../../../programs/program.ts'
import { stream } from '../../../random/index.ts'
import { solveActiveSet } from '../../../solvers/active-set.ts'
import { solveAdmm } from '../../../solvers/admm.ts'
import { maxConeViolation } from '../../../solvers/cone-violation.ts'
import type { SolverResult } from '../../../solvers/solver.ts'
import type { GrowableArrangements, SettingsOf } from '../../document.ts'
import type { MethodOutcome, MethodProgress, Problem, RunContext } from '../../problem.ts'
import { convexClaim } from './claim.ts'
import { prove, type Proof } from './proof.ts'
import { grow, programArrays, programDetails, recomputed, solve } from './run.ts'

const SOLVERS = { 'active-set': solveActiveSet, admm: solveAdmm }

/** A solved program, before anything is proved beyond its cells. */
interface CellsResult {
  program: ConvexProgram
  result: SolverResult
  /** Where the cells or the directions were found by growth. */
  rhoFound: number | null
  rounds: number
  proof: Proof | null
}

/** The programs over cells (THEORY 3.1–3.6): enumerated, sampled or grown, with one output or several. */
export function* runCells(
  problem: Problem,
  settings: SettingsOf<'convex'>,
  context: RunContext,
): Generator<MethodProgress, Omit<MethodOutcome, 'hypotheses'>> {
  yield { iteration: 0, phase: 'arrangements' }
  const family = familyOf(problem)
  const solved = yield* solveCells(problem, family, settings, context)
  const { program, result, rhoFound, rounds, proof } = solved
  return {
    status: result.status,
    iterations: result.iterations,
    network: Number.isFinite(result.primal) ? family.recover(program.dictionary, result.blocks) : null,
    program: { objective: result.primal, dual: result.dual },
    claim: convexClaim({ program, primal: result.primal, dual: result.dual, rhoFound }, proof),
    arrays: programArrays(family, program, result),
    details: {
      ...programDetails(program, result),
      ...(rhoFound === null ? {} : { rounds, 'ρ/β found': rhoFound }),
      'largest cone violation': maxConeViolation(program, result.blocks),
      ...proofDetails(proof),
    },
  }
}

/** `auto` stays where the cells of two levels decide while they are counted. */
const fixedMode = ({ mode }: GrowableArrangements, plan: 'enumerate' | 'sample') =>
  mode === 'auto' ? 'auto' : plan

function* solveCells(
  problem: Problem,
  family: ProgramFamily,
  settings: SettingsOf<'convex'>,
  context: RunContext,
): Generator<MethodProgress, CellsResult> {
  const { Y, loss, beta } = problem
  const task = { Y, loss: LOSSES[loss], beta }
  const { arrangements } = settings
  const plan = dictionaryPlan(problem.network, problem.summary, arrangements)
  const dictionary =
    plan === 'grow'
      ? null
      : family.dictionary({ ...arrangements, mode: fixedMode(arrangements, plan) }, context.dictionarySeed)
  if (!dictionary || (plan === 'enumerate' && !dictionary.complete)) {
    const growth = new NeuronGrowth(
      task,
      family,
      atomsOf(problem),
      settings.search.starts,
      stream(context.dictionarySeed).split('growth'),
    )
    if (arrangements.mode === 'grow' && arrangements.count > 0) {
      growth.start(
        family.seeds(family.dictionary({ ...arrangements, mode: 'sample' }, context.dictionarySeed)),
      )
    }
    return yield* growCells(growth, problem, family, settings, context)
  }
  if (Y.cols > 1) {
    const growth = new DirectionGrowth(task, dictionary, true)
    const { result, rhoFound, rounds } = yield* grow(growth, settings.tolerance, context)
    const { program } = growth
    return yield* proved(
      { program, result, rhoFound, rounds, proof: null },
      problem,
      family,
      settings,
      context,
    )
  }
  const program = scalarProgram(dictionary, task.Y, task.loss, beta)
  const result = yield* solve(SOLVERS[settings.solver], program, settings.tolerance, context)
  return yield* proved(
    { program, result, rhoFound: null, rounds: 0, proof: null },
    problem,
    family,
    settings,
    context,
  )
}

/** Neurons that the proof finds above β are added and the growth goes on, this often at most. */
const REOPENINGS = 20

function* growCells(
  growth: NeuronGrowth,
  problem: Problem,
  family: ProgramFamily,
  settings: SettingsOf<'convex'>,
  context: RunContext,
): Generator<MethodProgress, CellsResult> {
  let done = 0
  for (let reopening = 0; ; reopening++) {
    const grown = yield* grow(growth, settings.tolerance, context, done)
    const { program } = growth
    const { Y, loss, beta, dictionary } = program
    // Growth only holds the signs that it found; the bound of the cells is over both.
    const whole = Y.cols === 1 ? scalarProgram(dictionary, Y, loss, beta) : program
    const stopped = context.stop(grown.result.iterations) !== null
    const result = stopped ? grown.result : recomputed(whole, grown.result)
    const solved = { ...grown, program: whole, result, proof: null }
    const { proof } = yield* proved(solved, problem, family, settings, context)
    const violator = proof?.violator ?? null
    const goesOn =
      !stopped &&
      violator !== null &&
      proof!.rhoRatio > 1 + settings.tolerance &&
      reopening < REOPENINGS &&
      growth.add(violator, result.V)
    if (!goesOn) return { ...solved, proof }
    done = result.iterations
  }
}

function* proved(
  solved: CellsResult,
  problem: Problem,
  family: ProgramFamily,
  { proof: limits }: SettingsOf<'convex'>,
  context: RunContext,
): Generator<MethodProgress, CellsResult> {
  const { program, result } = solved
  const exact = program.dictionary.complete && program.Y.cols === 1
  if (exact || context.stop(result.iterations) !== null) return solved
  yield { iteration: result.iterations, phase: 'proving' }
  const halt = () => context.stop(result.iterations) !== null
  return {
    ...solved,
    proof: prove({ program, family, id: problem.network.family, V: result.V, limits, halt }),
  }
}

function proofDetails(proof: Proof | null): Record<string, number | string> {
  if (!proof) return {}
  return {
    'network lower bound': proof.lowerBound,
    'ρ/β over all neurons, at most': proof.rhoRatio,
    'ρ bounded by': proof.method,
    'cones searched': proof.cones,
  }
}
