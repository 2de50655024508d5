// Lines of far more points than there are pixels.

/**
 * The path of a line for uPlot, in place of its own and with the same picture: in each column of pixels it goes through the first, the lowest,
 * the highest and the last of the points there, so that none of them is missing; where points are missing from one column to another, there is a
 * gap. It reads typed arrays, with not a number for a missing point: where a page has just been opened, loops that serve lists of anything take
 * several times as long.
 * @param {any} plot @param {number} index of the series @param {number} from @param {number} to points, inclusive
 */
export function densePath(plot, index, from, to) {
  const [at, values] = [plot.data[0], plot.data[index]];
  const { left, top, width, height } = plot.bbox;
  const { x: time, [plot.series[index].scale]: scale } = plot.scales;
  const columns = columnsOf(at, from, to, { left, width, min: time.min, max: time.max });
  const { lows, highs, isWhole } = boundsOf(values, columns);
  const yOf = (value) => Math.round(top + height - (value - scale.min) / (scale.max - scale.min) * height);
  const stroke = new Path2D();
  const gaps = [];
  let gapAt = null;
  for (let column = 0; column < columns.count; column++) {
    const [begin, end, x] = [columns.starts[column], columns.starts[column + 1], columns.xs[column]];
    let [first, last] = [values[begin], values[end - 1]];
    if (!isWhole) {
      // The first and the last that are there, and what is missing before, between and after them.
      first = NaN;
      for (let i = begin; i < end; i++) {
        if (values[i] !== values[i]) { // Only what is not a number differs from itself.
          gapAt ??= columns.xOf(at[Math.max(from, i - 1)]);
          continue;
        }

        if (gapAt !== null) gaps.push([gapAt, columns.xOf(at[i])]);
        gapAt = null;
        last = values[i];
        if (first !== first) first = last;
      }

      if (first !== first) continue;
    }

    const over = yOf(last);
    const [lowest, highest, start] = [yOf(lows[column]), yOf(highs[column]), yOf(first)];
    stroke.lineTo(x, start);
    if (lowest === highest) continue;
    if (start !== lowest && over !== lowest) stroke.lineTo(x, lowest);
    if (start !== highest && over !== highest) stroke.lineTo(x, highest);
    stroke.lineTo(x, over);
  }

  if (gapAt !== null) gaps.push([gapAt, columns.xOf(at[to])]);
  return { stroke, fill: null, clip: clipOf(gaps, plot.bbox), band: null, gaps, flags: 1 };
}

/** @type {{ at: ArrayLike<number>, key: string, columns: Columns } | null} */
let latest = null;

/**
 * The columns of pixels that have points: where they are, and the index of the first point of each, with the end of the last one behind. All
 * lines of a page that is opened have the same.
 * @typedef {{ count: number, starts: Int32Array, xs: Int32Array, xOf(seconds: number): number }} Columns
 * @returns {Columns}
 */
function columnsOf(at, from, to, { left, width, min, max }) {
  const key = [from, to, left, width, min, max].join();
  if (latest?.at === at && latest.key === key) return latest.columns;
  const xOf = (seconds) => Math.round(left + (seconds - min) / (max - min) * width);
  const [starts, xs] = [new Int32Array(to - from + 2), new Int32Array(to - from + 1)];
  let count = 0;
  let end = -Infinity;
  for (let i = from; i <= to; i++) {
    if (at[i] < end) continue;
    const x = xOf(at[i]);
    end = min + (x + 1 - left) / width * (max - min);
    starts[count] = i;
    xs[count++] = x;
  }

  starts[count] = to + 1;
  latest = { at, key, columns: { count, starts, xs, xOf } };
  return latest.columns;
}

/** The lowest and the highest point of each column, and whether none is missing. Kept so small that it is compiled while the first line is read. */
function boundsOf(values, { count, starts }) {
  const [lows, highs] = [new Float32Array(count), new Float32Array(count)];
  let isWhole = true;
  for (let column = 0, i = starts[0]; column < count; column++) {
    let [low, high] = [Infinity, -Infinity];
    for (const end = starts[column + 1]; i < end; i++) {
      const value = values[i];
      if (value < low) low = value;
      if (value > high) high = value;
      if (value !== value) isWhole = false;
    }

    lows[column] = low;
    highs[column] = high;
  }

  return { lows, highs, isWhole };
}

/** All but the gaps, in pixels. @param {[number, number][]} gaps */
function clipOf(gaps, { left, top, width, height }) {
  if (gaps.length === 0) return null;
  const clip = new Path2D();
  let done = left;
  for (const [from, to] of gaps) {
    if (to <= from) continue;
    if (from > done) clip.rect(done, top, from - done, top + height);
    done = to;
  }

  if (left + width > done) clip.rect(done, top - 5, left + width - done, top + height + 10);
  return clip;
}
