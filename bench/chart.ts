/** One curve of a chart. Both axes are logarithmic. */
interface Curve {
  label: string;
  points: { x: number; y: number }[];
  /** The number of its color, from 0. The legend lists only the solid curve of a color. */
  color: number;
  isDashed: boolean;
}

interface Panel {
  title: string;
  /** What the horizontal axis counts. */
  counts: string;
  curves: Curve[];
}

/** In light and in dark mode: blue, orange, green, purple. */
const COLORS = [
  ['#0a60c9', '#6cb0ff'],
  ['#b54708', '#ffa657'],
  ['#1a7f37', '#56d364'],
  ['#8250df', '#d2a8ff'],
] as const;

const PANEL = { width: 460, height: 300, left: 56, right: 34, top: 46 };
const LEGEND_LINE = 20;
const FOOT = 44;

/** Draws panels beside each other, as SVG that follows the light or dark mode of the reader. */
export function chart(title: string, panels: Panel[], note: string): string {
  const colors = panels.flatMap(({ curves }) => curves.map(({ color }) => color));
  const legendLines = Math.max(...colors) + 2;
  const width = PANEL.width * panels.length;
  const height = PANEL.height + FOOT + legendLines * LEGEND_LINE;
  const rules = COLORS.map(([light], index) => `.c${index}{stroke:${light}}.f${index}{fill:${light}}`);
  const darkRules = COLORS.map(([, dark], index) => `.c${index}{stroke:${dark}}.f${index}{fill:${dark}}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>',
    'text{font:13px system-ui,sans-serif;fill:#1f2328}.h{font-size:15px;font-weight:600}.m{fill:#59636e}',
    '.bg{fill:#fff}.g{stroke:#d1d9e0}.l{fill:none;stroke-width:2}.d{stroke-dasharray:6 4}',
    ...rules,
    '@media (prefers-color-scheme:dark){',
    'text{fill:#f0f6fc}.m{fill:#9198a1}.bg{fill:#0d1117}.g{stroke:#3d444d}',
    ...darkRules,
    '}',
    '</style>',
    `<rect class="bg" width="${width}" height="${height}"/>`,
    ...panels.map(
      (panel, index) => `<g transform="translate(${index * PANEL.width} 0)">${drawPanel(panel)}</g>`,
    ),
    `<text class="m" x="${PANEL.left}" y="${height - 12}">${escaped(note)}</text>`,
    '</svg>',
    '',
  ].join('\n');
}

function drawPanel({ title, counts, curves }: Panel): string {
  const points = curves.flatMap((curve) => curve.points);
  const x = axis(
    points.map((point) => point.x),
    PANEL.left,
    PANEL.width - PANEL.right,
  );
  const y = axis(
    points.map((point) => point.y),
    PANEL.height,
    PANEL.top,
  );
  const middle = (PANEL.left + PANEL.width - PANEL.right) / 2;
  return [
    `<text class="h" x="${PANEL.left}" y="20">${escaped(title)}</text>`,
    `<text class="m" x="${PANEL.left}" y="37">milliseconds, logarithmic</text>`,
    ...y.ticks.map(
      (value) =>
        `<path class="g" d="M${PANEL.left} ${y.at(value)}H${PANEL.width - PANEL.right}"/>` +
        `<text class="m" x="${PANEL.left - 8}" y="${y.at(value) + 4}" text-anchor="end">${value.toLocaleString('en')}</text>`,
    ),
    ...x.ticks.map(
      (value) =>
        `<text class="m" x="${x.at(value)}" y="${PANEL.height + 18}" text-anchor="middle">${value.toLocaleString('en')}</text>`,
    ),
    `<text class="m" x="${middle}" y="${PANEL.height + 36}" text-anchor="middle">${escaped(counts)}</text>`,
    ...curves.map((curve) => drawCurve(curve, x.at, y.at)),
  ].join('\n');
}

function drawCurve(
  { label, points, color, isDashed }: Curve,
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  const line = `class="l c${color}${isDashed ? ' d' : ''}"`;
  const path = points.map((point) => `${x(point.x)} ${y(point.y)}`).join('L');
  const legendY = PANEL.height + FOOT + 20 + color * LEGEND_LINE;
  return [
    `<path ${line} d="M${path}"/>`,
    ...points.map((point) => `<circle class="f${color}" cx="${x(point.x)}" cy="${y(point.y)}" r="3.5"/>`),
    ...(isDashed
      ? []
      : [
          `<path ${line} d="M${PANEL.left} ${legendY - 4}h32"/>`,
          `<text x="${PANEL.left + 42}" y="${legendY}">${escaped(label)}</text>`,
        ]),
  ].join('\n');
}

/** Maps values to pixels, from the power of ten below the smallest to the one above the largest. */
function axis(values: number[], from: number, to: number) {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(Math.ceil(Math.log10(Math.max(...values))), first + 1);
  const at = (value: number) =>
    Math.round((from + ((Math.log10(value) - first) / (last - first)) * (to - from)) * 10) / 10;
  return { at, ticks: Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)) };
}

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
