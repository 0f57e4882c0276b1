/** The namespace `regularizers`. */
export {
  l1,
  l1l2,
  l2,
  type Regularizer,
  type RegularizerFunction,
  type RegularizerName,
} from '../regularizers.ts';
