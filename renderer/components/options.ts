/** One choice in a Select or Segmented. */
export interface Option<Value> {
  value: Value
  label: string
  /** A second line in lists, a tooltip in segmented controls. */
  hint?: string
  disabled?: boolean
}
