/**
 * Where the weights of a layer are in `model.weights.h5`. Keras 3 names groups by classes and numbers them, in the order of the model's layers:
 * `layers/dense`, `layers/dense_1`; within, weights are `vars/0`, `vars/1` in the layer's own order.
 */

/** As Keras makes names of classes: `Conv2DTranspose` becomes `conv2d_transpose`. Source: keras/src/utils/naming.py. */
const groupName = (className: string): string =>
  className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();

/** Names the groups of layers of these classes, in order. */
export function groupNames(classNames: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return classNames.map((className) => {
    const name = groupName(className);
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}

/** A layer's class, name, and layers within it. */
export interface Listed {
  readonly className: string;
  readonly name: string;
  readonly within?: readonly Listed[];
}

/** Groups by the paths of layers, `encoder/dense`: names of groups from the root on. */
export function groupsOf(
  layers: readonly Listed[],
  path = '',
  at: readonly string[] = [],
  found = new Map<string, readonly string[]>(),
): ReadonlyMap<string, readonly string[]> {
  const names = groupNames(layers.map(({ className }) => className));
  for (const [i, { name, within }] of layers.entries()) {
    const group = [...at, 'layers', names[i] ?? ''];
    found.set(path + name, group);
    if (within !== undefined) groupsOf(within, `${path + name}/`, group, found);
  }
  return found;
}
