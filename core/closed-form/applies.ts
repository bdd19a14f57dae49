import type { Applicability } from '../experiments/catalog.ts'
import type { SettingsOf, TheoremId } from '../experiments/document.ts'
import type { Hypothesis } from '../experiments/result.ts'
import type { Situation } from './theorem.ts'
import { THEOREMS } from './theorems.ts'

type ClosedFormSettings = Pick<SettingsOf<'closed-form'>, 'theorem' | 'override'>

/** A theorem asked about the loaded data. */
export interface Examined {
  id: TheoremId
  hypotheses: Hypothesis[]
  /** Empty where the theorem holds. */
  failing: Hypothesis[]
}

/**
 * The theorem that the settings name or, with `auto`, the first that holds of those about this network and loss; when
 * none holds, the one with the fewest failing hypotheses.
 *
 * @returns null when no theorem is about this network and loss, or the named one is not
 */
export function chooseTheorem(situation: Situation, settings: ClosedFormSettings): Examined | null {
  const examined = (Object.keys(THEOREMS) as TheoremId[])
    .filter((id) => settings.theorem === 'auto' || settings.theorem === id)
    .filter((id) => THEOREMS[id].covers(situation))
    .map((id) => examine(id, situation))
  return examined.reduce<Examined | null>(
    (best, next) => (best === null || next.failing.length < best.failing.length ? next : best),
    null,
  )
}

function examine(id: TheoremId, situation: Situation): Examined {
  const hypotheses = THEOREMS[id].hypotheses(situation)
  return { id, hypotheses, failing: hypotheses.filter(({ holds }) => !holds) }
}

/**
 * Whether a theorem covers the problem; when not, `because` names the first hypothesis that fails. With `override` a
 * theorem about this network runs although its hypotheses fail, as long as there is a formula, and `because` says that it
 * proves nothing then.
 */
export function closedFormApplies(situation: Situation, settings: ClosedFormSettings): Applicability {
  const chosen = chooseTheorem(situation, settings)
  if (!chosen) return notAbout(situation, settings)
  const { id, hypotheses, failing } = chosen
  const { title, source } = THEOREMS[id]
  if (failing.length === 0)
    return { applies: true, because: `All hypotheses of ${title} hold (${source}).`, hypotheses }
  const indispensable = failing.find(({ name }) => THEOREMS[id].indispensable?.includes(name))
  const runs = settings.override && !indispensable
  return {
    applies: runs,
    because: runs
      ? `Runs ${title} outside its theorem, which needs ${statement(failing[0])}: the result is not proved.`
      : `The closed form needs ${statement(indispensable ?? failing[0])}.`,
    hypotheses,
  }
}

/** `rank([X 1]) = n (here 61 of 208)`. */
export function statement({ name, value }: Hypothesis): string {
  return value === null ? name : `${name} (here ${value})`
}

function notAbout({ network, loss, summary }: Situation, { theorem }: ClosedFormSettings): Applicability {
  const outputs = summary.outputs === 1 ? 'one output' : `${summary.outputs} outputs`
  const value = `${network.family}, ${network.layers} layers, ${outputs}, ${loss}`
  const name =
    theorem === 'auto' ? 'a theorem about this network and loss' : `“${THEOREMS[theorem].name}” to fit`
  const hypothesis = { name, holds: false, value }
  return {
    applies: false,
    because: `The closed form needs ${statement(hypothesis)}.`,
    hypotheses: [hypothesis],
  }
}
