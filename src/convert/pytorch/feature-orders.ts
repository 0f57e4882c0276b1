/**
 * The order of features behind a flatten. PyTorch flattens images with their channels first, this library with their channels last, so what is one weight for
 * each feature lies in another order there.
 */
import type { Layer } from '../../layers/layer.ts';
import type { Network } from '../../model/network.ts';
import { show, sizeOf } from '../../validate.ts';
import { refuse } from '../refusal.ts';

/** Where in ours each feature of PyTorch's is; undefined: at the same place. Another layer has mixed them: its name. */
type Order = readonly number[] | undefined | { readonly mixedBy: string };

/** Layers of one input that treat each feature by itself, or all alike. */
const KEEPING = new Set([
  ...[
    'dropout',
    'gaussianNoise',
    'gaussianDropout',
    'alphaDropout',
    'activation',
    'reLU',
    'leakyReLU',
    'elu',
    'softmax',
  ],
  ...['batchNormalization', 'layerNormalization', 'unitNormalization', 'rescaling', 'flatten'],
]);
const ELEMENTWISE = new Set(['add', 'subtract', 'multiply', 'average', 'maximum', 'minimum']);

const same = (a: Order, b: Order): boolean => String(a) === String(b);

/** Of a flattened sample. */
function flattened(shape: readonly number[]): Order {
  const channels = shape.at(-1) ?? 1;
  const positions = sizeOf(shape) / channels;
  if (channels === 1 || positions === 1) return undefined;
  return Array.from({ length: channels * positions }, (_, i) => (i % positions) * channels + Math.floor(i / positions));
}

/** Of a layer's output, from those of its inputs. */
function orderOf(layer: Layer, inputs: readonly Order[], shapes: readonly (readonly number[])[]): Order {
  const [first] = inputs;
  const { kind, name } = layer;
  const [shape = []] = shapes;
  if (kind === 'flatten' && shape.length > 1) return first ?? flattened(shape);
  if (inputs.every((one) => one === undefined) || kind === 'dense') return undefined;
  if (KEEPING.has(kind)) return first;
  if (ELEMENTWISE.has(kind) && inputs.every((one) => same(one, first))) return first;
  const mixed = inputs.find((one) => Object.hasOwn(Object(one), 'mixedBy'));
  if (mixed !== undefined) return mixed;
  if (kind !== 'concatenate' || shapes.some(({ length }) => length !== 1)) return { mixedBy: name };
  let before = 0;
  return inputs.flatMap((one, i) => {
    const size = shapes[i]?.[0] ?? 0;
    const own = Array.isArray(one) ? (one as readonly number[]) : Array.from({ length: size }, (_, at) => at);
    const placed = own.map((at) => at + before);
    before += size;
    return placed;
  });
}

/**
 * The order of the features that each layer gets.
 *
 * @throws RangeError that names a layer with weights whose features come in an order that is not known, or in two orders
 */
export function featureOrders({ inputs, calls, shapes }: Network): ReadonlyMap<Layer, readonly number[] | undefined> {
  const values: Order[] = inputs.map(() => undefined);
  const found = new Map<Layer, readonly number[] | undefined>();
  for (const { layer, inputs: numbers } of calls) {
    const given = numbers.map((number) => values[number]);
    values.push(
      orderOf(
        layer,
        given,
        numbers.map((number) => shapes[number] ?? []),
      ),
    );
    if (layer.weights.length === 0) continue;
    const [order] = given;
    if (order !== undefined && !Array.isArray(order))
      refuse(
        { name: layer.name, kind: layer.kind },
        `PyTorch flattens images with their channels first, and ${show((order as { mixedBy: string }).mixedBy)} moves what has been flattened`,
      );
    const own = order as readonly number[] | undefined;
    if (found.has(layer) && !same(found.get(layer), own))
      refuse({ name: layer.name, kind: layer.kind }, 'it is called on features that PyTorch has in two orders');
    found.set(layer, own);
  }
  return found;
}
