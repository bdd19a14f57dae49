import type { IconName } from './icons.ts'

/** One row of a Menu. */
export interface MenuItem {
  label: string
  run: () => void
  icon?: IconName
  keys?: string
  /** A second, muted line. */
  hint?: string
  danger?: boolean
  disabled?: boolean
  /** A line above this item. */
  separated?: boolean
}
