import type { ChartOption } from './echarts.ts'
import type { GeometryDrawing } from './geometry-drawing.ts'
import type { ChartTheme } from './theme.ts'

const ALIGN = { start: 'left', middle: 'center', end: 'right' } as const

/** The drawing for files: the same paths as shapes of ECharts, in the colours of the theme. */
export function geometryOption(
  { layers, axes }: GeometryDrawing,
  names: readonly string[],
  theme: ChartTheme,
): ChartOption {
  const path = (pathData: string, style: object) => ({
    type: 'path',
    silent: true,
    shape: { pathData },
    style,
  })
  const strokes = layers.flatMap(({ layer, area, lines, hidden }) => {
    const colour = theme.colour(layer.token)
    const line = { fill: 'none', stroke: colour, lineWidth: layer.width, lineDash: [...layer.dash] }
    return [
      ...(area && layer.fill > 0 ? [path(area, { fill: colour, opacity: layer.fill })] : []),
      ...(hidden ? [path(hidden, { ...line, lineWidth: 0.5, opacity: 0.3 })] : []),
      ...(lines ? [path(lines, line)] : []),
    ]
  })
  const drawnAxes = axes.flatMap(({ path: pathData, sample, x, y, anchor }) => [
    path(pathData, { fill: 'none', stroke: theme.muted, lineWidth: 0.75 }),
    {
      type: 'text',
      silent: true,
      x,
      y,
      style: {
        text: names[sample],
        fill: theme.muted,
        font: `${theme.fontSize}px ${theme.font}`,
        align: ALIGN[anchor],
        verticalAlign: 'middle',
      },
    },
  ])
  const children = [...drawnAxes, ...strokes]
  const renderItem = () => ({ type: 'group', children })
  return {
    backgroundColor: theme.background,
    series: [{ type: 'custom', coordinateSystem: 'none', silent: true, data: [0], renderItem }],
  }
}
