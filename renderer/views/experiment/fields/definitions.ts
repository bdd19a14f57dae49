/** Definitions of form fields: one row drives the label, the control, the help and the test against the schema. */
import type { Option } from '../../../components/options.ts'
import type { Json } from '../../../stores/json-path.ts'

interface Common {
  /** Keys from the settings object to the value: `arrangements.count`. */
  path: string
  label: string
  unit?: string
  /** One sentence: what it is, and when to change it. */
  help: string
  /** Shown only when the settings, defaults filled in, say so. */
  when?: (settings: Record<string, unknown>) => boolean
}

export type FieldDefinition = Common &
  (
    | {
        kind: 'number' | 'integer'
        /** Words that stand for a value: `full` for all rows. */
        words?: readonly string[]
        /** An empty field means: no limit. */
        optional?: boolean
      }
    | {
        kind: 'choice'
        options: readonly Option<string>[]
        /** What options stand for in the document, where that is not the option's own word. */
        values?: Readonly<Record<string, Json>>
      }
    | { kind: 'switch' }
    /** An object or null: a switch for the fields below it. */
    | { kind: 'group' }
    | { kind: 'numbers' }
    /** Side of a square, or height × width. */
    | { kind: 'size' }
    | { kind: 'text' }
    /** Columns by name or zero-based number. */
    | { kind: 'names' }
  )

/** `arrangements.count` → `['arrangements', 'count']`. */
export const keysOf = (path: string) => path.split('.')
