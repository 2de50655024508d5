// Numbers for people.

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 1,234,567 */
export const count = (value) => whole.format(value);

/** 12.3 MB, in powers of ten like the rest of the portal. */
export function bytes(value) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  for (; Math.abs(value) >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 ? whole.format(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 1)} ${units[unit]}`;
}

/** 12.3 %; a share that is not nothing never reads 0. */
export function percent(share) {
  const value = share * 100;
  return `${value > 0 && value < 0.01 ? "< 0.01" : value.toFixed(value >= 10 ? 1 : 2)} %`;
}

/** Three figures at most: 442, 15.8, 0.12; what is not nothing never reads 0. */
export const rough = (value) => (value >= 100 ? whole.format(value) : value >= 1 ? value.toFixed(1) : value === 0 ? "0" : value < 0.001 ? "< 0.001" : value.toPrecision(2));

/** +12.3 MB or -4 KB: a difference. */
export const growth = (value) => `${value > 0 ? "+" : ""}${bytes(value)}`;
