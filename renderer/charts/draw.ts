/** The strokes that the charts are made of, as parts of an ECharts option. Coordinates are those of the axes. */
import type { CustomSeriesRenderItemAPI } from 'echarts'
import type { Marker } from './identity.ts'
import { ticks, toAxis } from './scale.ts'
import type { Scale } from './scale.ts'
import type { ChartTheme } from './theme.ts'

export type Pair = [number, number]

/** Which pair of axes a stroke belongs to; charts with one pair need not say. */
export interface AxisPair {
  xAxisIndex?: number
  yAxisIndex?: number
}

/** Pixels of an average letter of a label: reports are drawn where nothing can be measured. */
export const LETTER = 7

/** The label, cut to what fits into `width` pixels. */
export function shortened(label: string, width: number): string {
  const room = Math.floor(width / LETTER)
  return label.length > room ? `${label.slice(0, Math.max(1, room - 1))}…` : label
}

/** A filled shape with these corners; one item, so that its cost does not grow with the data. */
export function area(name: string, corners: Pair[], colour: string, opacity: number, axes: AxisPair = {}) {
  return {
    type: 'custom',
    name,
    ...axes,
    data: corners.length > 0 ? [corners[0]] : [],
    clip: true,
    silent: true,
    z: 1,
    renderItem: (_: unknown, api: CustomSeriesRenderItemAPI) => ({
      type: 'polygon',
      shape: { points: corners.map((corner) => api.coord(corner)) },
      style: { fill: colour, opacity },
      silent: true,
    }),
  }
}

export interface Stroke {
  colour: string
  width: number
  dash: readonly number[]
}

export function line(
  name: string,
  data: Pair[],
  { colour, width, dash }: Stroke,
  z: number,
  axes: AxisPair = {},
) {
  return {
    type: 'line',
    name,
    ...axes,
    data,
    showSymbol: false,
    silent: true,
    clip: true,
    z,
    lineStyle: { color: colour, width, type: dash.length > 0 ? [...dash] : 'solid' },
  }
}

/** Points of one look; hollow ones let the background through. */
export function symbols(
  name: string,
  data: Pair[],
  marker: Marker,
  colour: string,
  theme: ChartTheme,
  size = 6.5,
) {
  const hollow = marker.startsWith('empty')
  return {
    type: 'scatter',
    name,
    symbol: hollow ? marker.slice(5).toLowerCase() : marker,
    symbolSize: size,
    data,
    silent: true,
    clip: true,
    z: 4,
    itemStyle: {
      color: hollow ? theme.background : colour,
      borderColor: colour,
      borderWidth: hollow ? 1.5 : 0,
    },
  }
}

/** A thin line in pixels from a curve's end to its name. */
export function leaderLine(x1: number, y1: number, x2: number, y2: number, colour: string) {
  return {
    type: 'line',
    silent: true,
    shape: { x1, y1, x2, y2 },
    style: { stroke: colour, lineWidth: 0.75, opacity: 0.6 },
  }
}

/** A name in pixels, its middle at `y`. */
export function nameText(text: string, x: number, y: number, colour: string, theme: ChartTheme) {
  return {
    type: 'text',
    silent: true,
    x,
    y,
    style: { text, fill: colour, font: `${theme.fontSize}px ${theme.font}`, verticalAlign: 'middle' },
  }
}

export interface AxisWords {
  title: string
  /** Pixels from the axis to its title. */
  gap: number
}

/** An axis with about `wanted` ticks at round values. */
export function axisOption(scale: Scale, wanted: number, { title, gap }: AxisWords, theme: ChartTheme) {
  const shown = ticks(scale, wanted).map(({ value, label }) => ({ at: toAxis(scale.kind, value), label }))
  const values = shown.map(({ at }) => at)
  const labelAt = (at: number) => shown.find((tick) => Math.abs(tick.at - at) < 1e-9)?.label ?? ''
  return {
    type: 'value',
    min: toAxis(scale.kind, scale.min),
    max: toAxis(scale.kind, scale.max),
    name: title,
    nameLocation: 'middle',
    nameGap: gap,
    nameTextStyle: { color: theme.muted, fontSize: theme.fontSize, fontFamily: theme.font },
    axisLine: { show: true, onZero: false, lineStyle: { color: theme.border } },
    axisTick: { show: true, customValues: values, lineStyle: { color: theme.border } },
    axisLabel: {
      customValues: values,
      color: theme.muted,
      fontSize: theme.fontSize,
      fontFamily: theme.font,
      formatter: labelAt,
      hideOverlap: true,
    },
    splitLine: { show: true, lineStyle: { color: theme.border, width: 0.5, opacity: 0.8 } },
  }
}
