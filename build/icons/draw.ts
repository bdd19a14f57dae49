import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright'
import { findChromium } from '../chromium.ts'
import { icnsTypes, packIcns, packIco, type Png } from './containers.ts'

// Draws resources/icon.svg in all sizes: node build/icons/draw.ts. Its results are committed; run it when the drawing changes.

const resources = join(import.meta.dirname, '..', 'resources')
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512]
const windowsSizes = [16, 24, 32, 48, 64, 128, 256]

/** macOS leaves a margin around the rounded square: 824 of 1024 pixels are drawn. */
const macMargin = (1024 * (1024 / 824) - 1024) / 2

interface Drawing {
  readonly size: number
  /** Empty border on each side, in units of the drawing (1024 wide). */
  readonly margin: number
}

async function draw(page: Page, svg: string, { size, margin }: Drawing): Promise<Png> {
  const side = 1024 + 2 * margin
  const weight = size <= 32 ? 1.35 : 1
  const sized = svg.replace(
    /viewBox="[^"]*" width="\d+" height="\d+"/,
    `viewBox="${-margin} ${-margin} ${side} ${side}" width="${size}" height="${size}" style="display: block; --weight: ${weight}"`,
  )
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<body style="margin: 0">${sized}</body>`)
  const bytes = await page.screenshot({
    omitBackground: true,
    clip: { x: 0, y: 0, width: size, height: size },
  })
  return { size, bytes }
}

async function drawAll(page: Page, svg: string, sizes: Iterable<number>, margin = 0): Promise<Png[]> {
  const images: Png[] = []
  for (const size of sizes) images.push(await draw(page, svg, { size, margin }))
  return images
}

const executablePath = findChromium()?.path
const browser = await chromium.launch({
  executablePath,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
try {
  const page = await browser.newPage()
  const svg = readFileSync(join(resources, 'icon.svg'), 'utf8')
  const linux = join(resources, 'icons')
  mkdirSync(linux, { recursive: true })
  for (const { size, bytes } of await drawAll(page, svg, linuxSizes))
    writeFileSync(join(linux, `${size}x${size}.png`), bytes)
  const [largest] = await drawAll(page, svg, [1024])
  writeFileSync(join(resources, 'icon.png'), largest.bytes)
  writeFileSync(join(resources, 'icon.ico'), packIco(await drawAll(page, svg, windowsSizes)))
  const macSizes = new Set(icnsTypes.map(([, size]) => size))
  writeFileSync(join(resources, 'icon.icns'), packIcns(await drawAll(page, svg, macSizes, macMargin)))
} finally {
  await browser.close()
}
