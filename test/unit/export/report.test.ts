import { describe, expect, it } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatGap,
  formatMeanSd,
  formatObjective,
  formatPercent,
  formatRelativeGap,
  formatSeconds,
} from '../../../core/export/format.ts'
import { reportHtml } from '../../../core/export/report.ts'
import { safeSvg } from '../../../core/export/svg.ts'
import { CERTIFICATE_WORDS, certificateWording, STATUS_WORDS } from '../../../core/export/words.ts'
import { CERTIFICATE_LEVELS, RUN_STATUSES } from '../../../core/experiments/result.ts'
import { resultDocument, runRecord } from './fixtures.ts'

describe('numbers', () => {
  it.each([
    [formatObjective(68.97412345), '68.9741'],
    [formatObjective(1.5), '1.5'],
    [formatObjective(1200), '1200'],
    [formatObjective(-0.001234567), '−0.00123457'],
    [formatObjective(1.23456789e-7), '1.23457e-7'],
    [formatObjective(0), '0'],
    [formatObjective(null), '–'],
    [formatObjective(NaN), '–'],
    [formatObjective(-Infinity), '−∞'],
    [formatGap(1.149e-7), '1.1e-7'],
    [formatGap(0.01234), '0.012'],
    [formatGap(3), '3'],
    [formatGap(174.2), '170'],
    [formatRelativeGap(1.74, 1), '+170 %'],
    [formatRelativeGap(0.5, 50), '+1 %'],
    [formatRelativeGap(1, 0), '–'],
    [formatSeconds(0.0123), '0.012 s'],
    [formatSeconds(0.0001), '< 0.001 s'],
    [formatSeconds(9.97), '10 s'],
    [formatSeconds(59.7), '1 min 0 s'],
    [formatSeconds(200), '3 min 20 s'],
    [formatSeconds(7500), '2 h 5 min'],
    [formatPercent(0.8333), '83.3 %'],
    [formatBytes(512), '512 B'],
    [formatBytes(47_040_000), '47.0 MB'],
    [formatBytes(999_900), '1.00 MB'],
    [formatCount(60000), '60 000'],
    [formatMeanSd([1, 2, 3]), '2 ± 1 (3)'],
    [formatMeanSd([4]), '4'],
    [formatMeanSd([]), '–'],
  ])('%s is %s', (found, expected) => {
    expect(found).toBe(expected)
  })
})

describe('words', () => {
  it('exist for every level and status and never are the bare word "optimal"', () => {
    for (const level of CERTIFICATE_LEVELS)
      expect(CERTIFICATE_WORDS[level].sentence.length).toBeGreaterThan(10)
    for (const status of RUN_STATUSES) expect(STATUS_WORDS[status].word).not.toBe('optimal')
  })

  it('say how far a bound is from the objective', () => {
    const bound = { level: 'bound', lowerBound: 100, gap: 1.2, how: '' } as const
    expect(certificateWording(bound, 101.2).sentence).toBe('at most 1.2 % above the optimum of the network')
    expect(
      certificateWording({ ...bound, level: 'none', lowerBound: null, gap: null }, 5).sentence,
    ).toContain('nothing')
  })
})

describe('safeSvg', () => {
  const drawing =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="9"><defs><clipPath id="c1"><rect width="3" height="3"/></clipPath></defs>' +
    '<g clip-path="url(#c1)"><path d="M0 0L1 1" stroke="#111"/><text x="1" y="2">a &lt; b</text></g></svg>'

  it('lets a drawing through unchanged', () => {
    expect(safeSvg(drawing)).toBe(drawing)
  })

  it('drops style sheets and attributes that it does not know', () => {
    const styled = '<svg ecmeta_x="1" width="3"><style><![CDATA[.a:hover{cursor:pointer}]]></style><g/></svg>'
    expect(safeSvg(styled)).toBe('<svg width="3"><g/></svg>')
  })

  it.each([
    '<svg><script>alert(1)</script></svg>',
    '<svg onload="alert(1)"></svg>',
    '<svg><a href="https://example.org"><g/></a></svg>',
    '<svg><g xlink:href="#x"/></svg>',
    '<svg><foreignObject><p>x</p></foreignObject></svg>',
    '<svg><image src="x"/></svg>',
    '<svg><rect fill="url(https://example.org/x)"/></svg>',
    '<svg><rect style="background:url(https://example.org)"/></svg>',
    '<svg><g onclick=alert(1)></g></svg>',
    '<svg><!-- <x> --></svg>',
    '<svg></svg><img src=x onerror=alert(1)>',
    '<p>no drawing</p>',
  ])('refuses %s', (svg) => {
    expect(() => safeSvg(svg)).toThrow('cannot go into a report')
  })
})

describe('reportHtml', () => {
  const document = { version: 1, name: '<b>sonar</b> & "co"' }
  const html = reportHtml({
    document,
    result: resultDocument([
      runRecord(),
      runRecord({
        key: 'sgd-1',
        method: 'sgd',
        label: '<img src=x onerror=alert(1)>',
        trial: 1,
        status: 'failed',
        objective: null,
        certificate: { level: 'none', lowerBound: null, gap: null, how: '' },
        error: { code: 'bad-input', message: 'bad <data>' },
      }),
    ]),
    charts: [{ title: 'Objective <t>', svg: '<svg width="3"><g/></svg>' }],
    generated: 'made & tested',
  })

  it('escapes every name', () => {
    expect(html).toContain('&lt;b&gt;sonar&lt;/b&gt; &amp; &quot;co&quot;')
    expect(html).toContain('&lt;rock&gt; (100)')
    expect(html).toContain('bad &lt;data&gt;')
    expect(html).not.toMatch(/<img|<b>|<data>|<t>/)
  })

  it('shows numbers with their digits, the certificate in words, data and hypotheses', () => {
    expect(html).toContain('title="68.9741234567891">68.9741<')
    expect(html).toContain('◆ global: proved optimal for the network')
    expect(html).toContain('<td class="number" title="5.678901e-8">5.7e-8</td>')
    expect(html).toContain('rank([X 1]) = n')
    expect(html).toContain('60 000')
    expect(html).toContain(
      '<figure><svg width="3"><g/></svg><figcaption>Objective &lt;t&gt;</figcaption></figure>',
    )
  })

  it('has a table of every path, with the certificate of every point', () => {
    const point = {
      beta: 0.5,
      status: 'solved' as const,
      objective: 12,
      certificate: { level: 'bound' as const, lowerBound: 10, gap: 2, how: '' },
      train: { loss: 6, accuracy: 0.75 },
      test: null,
      neurons: 3,
      seconds: 0.5,
    }
    const run = runRecord({ key: 'path', method: 'path', label: 'Path <in> β', path: [point] })
    const paths = reportHtml({ document, result: resultDocument([run]), charts: [], generated: '' })
    expect(paths).toContain('<h2>Paths in β</h2>')
    expect(paths).toContain('<caption>Path &lt;in&gt; β</caption>')
    expect(paths).toContain('title="at most 20 % above the optimum of the network">◇ bound</td>')
    expect(paths).toContain('<td class="number" title="0.75">75.0 %</td>')
    expect(html).not.toContain('Paths in β')
  })

  it('has a table of the layers of every network that was measured', () => {
    const measures = {
      tolerance: 1e-6,
      layers: [
        {
          rows: 784,
          cols: 3,
          rank: 2,
          stableRank: 1.25,
          operatorNorm: 2,
          frobeniusNorm: 2.5,
          singularValues: [2],
        },
        { rows: 3, cols: 1, rank: 1, stableRank: 1, operatorNorm: 3, frobeniusNorm: 3, singularValues: [3] },
      ],
      alignments: [0.5],
      patterns: null,
      projections: null,
      collapse: null,
    }
    const result = resultDocument([runRecord({ measures }), runRecord({ key: 'sgd', label: 'SGD' })])
    const measured = reportHtml({ document, result, charts: [], generated: '' })
    const layers = measured.slice(measured.indexOf('<h2>Layers'), measured.indexOf('<h2>Hypotheses'))
    expect(layers).toContain('784×3')
    expect(layers).toContain('1.25')
    expect(layers.match(/<tr>/g)).toHaveLength(3)
    expect(layers).not.toContain('SGD')
  })

  it('needs nothing from outside and runs nothing', () => {
    expect(html).not.toMatch(/<script|<link|https?:\/\/|@import|<img/)
    expect(html).toContain("default-src 'none'")
    expect(html).toContain('prefers-color-scheme: dark')
    expect(html).toContain('@media print')
  })
})
