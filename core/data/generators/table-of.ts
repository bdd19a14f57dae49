import type { GeneratorId } from '../../experiments/document.ts'
import type { Matrix } from '../../linalg/matrix.ts'
import type { Column, Table } from '../table.ts'

/** A generated table: features x1 … xd and one target column. */
export function tableOf(generator: GeneratorId, X: Matrix, target: Column): Table {
  const features = Array.from({ length: X.cols }, (_, j) => ({
    kind: 'numeric' as const,
    name: `x${j + 1}`,
    values: X.columnCopy(j),
    strays: [],
  }))
  return {
    name: generator,
    format: 'generated',
    gzip: false,
    dialect: null,
    rows: X.rows,
    columns: [...features, target],
    lines: null,
    image: null,
    target: X.cols,
    notes: [],
  }
}

/** The target column `y`. */
export function numericTarget(values: Float64Array): Column {
  return { kind: 'numeric', name: 'y', values, strays: [] }
}
