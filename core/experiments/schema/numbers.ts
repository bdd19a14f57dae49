/** Kinds of numbers that the schemas of the document share. */
import { z } from 'zod'

export const positive = z.number().positive()
export const count = z.number().int().positive()
export const seed = z.number().int().min(0).max(0xffffffff)
