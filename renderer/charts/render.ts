/** Charts as files: SVG text and PNG bytes of an option, at any size, without a visible element. */
import { echarts } from './echarts.ts'
import type { ChartOption } from './echarts.ts'

/** A chart on the screen that can be drawn again, for files. */
export interface DrawnChart {
  draw: () => { option: ChartOption; width: number; height: number } | null
}

/** @returns a self-contained SVG element as text; `width`, `height` in CSS pixels */
export function renderSvg(option: ChartOption, width: number, height: number): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height })
  try {
    chart.setOption({ ...option, animation: false })
    return chart.renderToSVGString()
  } finally {
    chart.dispose()
  }
}

/** PNG bytes at `ratio` device pixels per CSS pixel. Needs a document. */
export async function renderPng(
  option: ChartOption,
  width: number,
  height: number,
  ratio = 2,
): Promise<Uint8Array> {
  const canvas = document.createElement('canvas')
  const chart = echarts.init(canvas, null, { renderer: 'canvas', width, height, devicePixelRatio: ratio })
  try {
    chart.setOption({ ...option, animation: false })
    const blob = await new Promise<Blob | null>((resolve) =>
      chart.renderToCanvas({ pixelRatio: ratio }).toBlob(resolve),
    )
    if (!blob) throw new Error('The browser could not encode the chart as PNG.')
    return new Uint8Array(await blob.arrayBuffer())
  } finally {
    chart.dispose()
  }
}
