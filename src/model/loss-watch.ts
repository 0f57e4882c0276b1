/** Warns once when the loss of a training is NaN or infinite, naming the usual causes: the data, its scale, the learning rate. */
import { toArrayData } from '../tensor.ts';
import { isSparse } from '../values.ts';
import type { InputLike } from './options.ts';

/** The range of the finite values of an array, and the place of the first value that is not finite: -1 for none. */
function extent(name: string, value: InputLike) {
  const { data, divisor } = toArrayData(name, isSparse(value) ? (value.values ?? [1]) : value);
  let [least, greatest, wrong] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1];
  for (let i = 0; i < data.length; i++) {
    const x = data[i] ?? Number.NaN;
    if (!Number.isFinite(x)) wrong = wrong < 0 ? i : wrong;
    else {
      if (x < least) least = x;
      if (x > greatest) greatest = x;
    }
  }
  return { least: least / divisor, greatest: greatest / divisor, wrong, found: data[wrong] };
}

const rounded = (value: number): string => String(Number(value.toPrecision(3)));

interface Arrays {
  readonly x: readonly InputLike[];
  readonly y: readonly InputLike[];
}

function causes({ x, y }: Arrays, rate: number | undefined): string[] {
  const inputs = x.map((one) => extent('x', one));
  const said = [...inputs.map((one) => ['x', one] as const), ...y.map((one) => ['y', extent('y', one)] as const)]
    .filter(([, { wrong }]) => wrong >= 0)
    .map(([name, { wrong, found }]) => `${name} holds ${found} at index ${wrong}.`);
  const least = Math.min(...inputs.map((one) => one.least));
  const greatest = Math.max(...inputs.map((one) => one.greatest));
  if (least <= greatest)
    said.push(
      `x ranges from ${rounded(least)} to ${rounded(greatest)}: inputs of about 1 train best (divisor: 255 for bytes).`,
    );
  if (rate !== undefined) said.push(`The learning rate is ${rounded(rate)}: a smaller one, or clipnorm: 1, may help.`);
  return said;
}

/** Takes the loss after each run of steps, and warns on the console the first time that it is not finite. */
export function watchLoss(arrays: () => Arrays, rate: () => number | undefined): (loss: number, epoch: number) => void {
  let warned = false;
  return (loss, epoch) => {
    if (warned || Number.isFinite(loss)) return;
    warned = true;
    console.warn([`fit: the loss is ${loss} in epoch ${epoch + 1}.`, ...causes(arrays(), rate())].join(' '));
  };
}
