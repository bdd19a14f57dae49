/** Direct labels at line ends: as close to their lines as fits without one covering another. */

/**
 * Move labels apart. Clusters of colliding labels are centred on the mean of what they wanted.
 *
 * @param wanted centre of each label in pixels
 * @param height of a label; labels end up at least this far apart where the range allows it
 * @returns centres, in the order given, within [low, high] as far as they fit
 */
export function spreadLabels(wanted: readonly number[], height: number, low: number, high: number): number[] {
  interface Cluster {
    members: number[]
    centre: number
  }
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b])
  const half = ({ members }: Cluster) => (members.length * height) / 2
  const clamp = (cluster: Cluster) =>
    Math.max(low + half(cluster) - height / 2, Math.min(high - half(cluster) + height / 2, cluster.centre))
  const clusters: Cluster[] = []
  for (const index of order) {
    let cluster: Cluster = { members: [index], centre: wanted[index] }
    cluster.centre = clamp(cluster)
    let before = clusters.at(-1)
    while (before && before.centre + half(before) > cluster.centre - half(cluster) + 1e-9) {
      clusters.pop()
      const members = [...before.members, ...cluster.members]
      cluster = { members, centre: members.reduce((sum, i) => sum + wanted[i], 0) / members.length }
      cluster.centre = clamp(cluster)
      before = clusters.at(-1)
    }
    clusters.push(cluster)
  }
  const placed = new Array<number>(wanted.length)
  for (const cluster of clusters) {
    cluster.members.forEach((index, k) => {
      placed[index] = cluster.centre - half(cluster) + (k + 0.5) * height
    })
  }
  return placed
}
