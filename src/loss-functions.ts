/** The namespace `losses`. */
export { type CustomLossOptions, custom } from './custom-loss.ts';
export * from './losses.ts';
