import { planarGeometry } from '../../../../core/geometry/planar-geometry.ts'
import { RectifiedSet } from '../../../../core/geometry/rectified-set.ts'
import { spatialGeometry } from '../../../../core/geometry/spatial-geometry.ts'
import type { NetworkSettings } from '../../../../core/experiments/document.ts'
import type { ShownRows } from '../../../../core/experiments/result.ts'
import type { Geometry } from '../../../charts/geometry-layers.ts'

/** Whether the sets drawn are those of the network: plain neurons on the data as they are. */
export const hasGeometry = (network: Partial<NetworkSettings> | undefined): boolean =>
  network?.family === 'relu' && (network.layers ?? 2) === 2

/** The rows drawn at first: all of two or three, else the first two, which show a spike where there is one. */
export function firstRows({ rows }: ShownRows): number[] {
  return rows.slice(0, rows.length === 3 ? 3 : 2)
}

/** The sets of two or three of the rows, by their numbers in the training data. */
export function geometryOf({ rows, gram }: ShownRows, chosen: readonly number[]): Geometry {
  const at = chosen.map((row) => rows.indexOf(row))
  const set = new RectifiedSet(at.map((i) => at.map((j) => gram[i][j])))
  return chosen.length === 2 ? planarGeometry(set) : spatialGeometry(set)
}
