/** The thread between a Field and the control inside it: one id, one description, one place for problems. */
import { inject, provide } from 'vue'
import type { InjectionKey, Ref } from 'vue'

export interface FieldContext {
  id: string
  /** Ids of hint and error, for aria-describedby. */
  describedBy: Readonly<Ref<string | undefined>>
  invalid: Readonly<Ref<boolean>>
  /** What is wrong with the text in the control, or null. */
  report: (problem: string | null) => void
}

const FIELD: InjectionKey<FieldContext> = Symbol('field')

export const provideField = (context: FieldContext) => provide(FIELD, context)

/** @returns the surrounding Field's context, or null outside of one. */
export const useField = () => inject(FIELD, null)
