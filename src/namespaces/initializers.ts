/** The namespace `initializers`. */
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  type InitializerName,
  lecunNormal,
  lecunUniform,
  type NormalOptions,
  ones,
  randomNormal,
  randomUniform,
  truncatedNormal,
  zeros,
} from '../initializers.ts';
