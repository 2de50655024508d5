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
  const xOf = (seconds) => Math.round(left + (seconds - time.min) / (time.max - time.min) * width);
  const yOf = (value) => Math.round(top + height - (value - scale.min) / (scale.max - scale.min) * height);
  const stroke = new Path2D();
  const gaps = [];
  // Of the column of pixels that is being read: where it is, where it ends in time, whether it has a point yet, and which.
  let [x, end, isEmpty, first, low, high, last] = [0, -Infinity, true, 0, 0, 0, 0];
  let gapAt = null;
  const finish = () => {
    if (isEmpty) return;
    const [lowest, highest, begin, over] = [yOf(low), yOf(high), yOf(first), yOf(last)];
    if (lowest === highest) return;
    if (begin !== lowest && over !== lowest) stroke.lineTo(x, lowest);
    if (begin !== highest && over !== highest) stroke.lineTo(x, highest);
    stroke.lineTo(x, over);
  };
  for (let i = from; i <= to; i++) {
    const value = values[i];
    const isMissing = value !== value; // Only what is not a number differs from itself.
    if (at[i] >= end) {
      finish();
      x = xOf(at[i]);
      end = time.min + (x + 1 - left) / width * (time.max - time.min);
      isEmpty = true;
    }

    if (isMissing) {
      gapAt ??= xOf(at[Math.max(from, i - 1)]);
      continue;
    }

    if (gapAt !== null) {
      gaps.push([gapAt, xOf(at[i])]);
      gapAt = null;
    }

    if (isEmpty) {
      stroke.lineTo(x, yOf(value));
      isEmpty = false;
      first = low = high = last = value;
    } else {
      if (value < low) low = value;
      else if (value > high) high = value;
      last = value;
    }
  }

  finish();
  if (gapAt !== null) gaps.push([gapAt, xOf(at[to])]);
  return { stroke, fill: null, clip: clipOf(gaps, plot.bbox), band: null, gaps, flags: 1 };
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
