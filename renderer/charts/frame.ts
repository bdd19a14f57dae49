/** The plotting area of a chart and its two scales: shared by the drawing, the crosshair and the zoom. */
import { position, valueAt } from './scale.ts'
import type { Scale } from './scale.ts'

export interface Size {
  width: number
  height: number
}

export interface Frame extends Size {
  left: number
  right: number
  top: number
  bottom: number
  x: Scale
  y: Scale
}

/** Ranges in values that a drag has chosen. */
export interface Zoom {
  x: [number, number]
  y: [number, number]
}

const innerWidth = ({ width, left, right }: Frame) => Math.max(1, width - left - right)
const innerHeight = ({ height, top, bottom }: Frame) => Math.max(1, height - top - bottom)

export const pixelX = (frame: Frame, value: number) =>
  frame.left + position(frame.x, value) * innerWidth(frame)
export const pixelY = (frame: Frame, value: number) =>
  frame.top + (1 - position(frame.y, value)) * innerHeight(frame)
export const valueX = (frame: Frame, pixel: number) =>
  valueAt(frame.x, (pixel - frame.left) / innerWidth(frame))
export const valueY = (frame: Frame, pixel: number) =>
  valueAt(frame.y, 1 - (pixel - frame.top) / innerHeight(frame))

/** Whether a point in pixels lies in the plotting area. */
export function inside(frame: Frame, x: number, y: number): boolean {
  return (
    x >= frame.left && x <= frame.width - frame.right && y >= frame.top && y <= frame.height - frame.bottom
  )
}

/** The part of a rectangle in pixels that lies in the plotting area, in values. */
export function zoomOf(frame: Frame, from: { x: number; y: number }, to: { x: number; y: number }): Zoom {
  const clampX = (x: number) => Math.min(frame.width - frame.right, Math.max(frame.left, x))
  const clampY = (y: number) => Math.min(frame.height - frame.bottom, Math.max(frame.top, y))
  const xs = [clampX(from.x), clampX(to.x)].sort((a, b) => a - b)
  const ys = [clampY(from.y), clampY(to.y)].sort((a, b) => a - b)
  return {
    x: [valueX(frame, xs[0]), valueX(frame, xs[1])],
    y: [valueY(frame, ys[1]), valueY(frame, ys[0])],
  }
}
