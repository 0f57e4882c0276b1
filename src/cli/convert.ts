import { Command } from 'commander';
import { EXIT } from './errors.ts';

/** `simdescent convert`: models of other programs to files of this library, and back. */
export function convertCommand(done: (code: number) => void): Command {
  return new Command('convert')
    .summary('turn models of other programs into ours, and back')
    .description(
      'Reads the model FROM and writes it as TO. Formats go by name: model.json or a folder for TensorFlow.js, ' +
        '.keras and .h5 (read only) for Keras, .onnx, .pt.safetensors (write only) for the weights alone as a PyTorch state dict, .safetensors for this library. What cannot be converted is refused before anything is written.',
    )
    .argument('<from>', 'file or folder to read')
    .argument('<to>', 'file or folder to write')
    .option('--debug', 'show the stack of an error')
    .addHelpText(
      'after',
      `
Examples:
  $ simdescent convert web/model.json model.safetensors
  $ simdescent convert model.keras model.safetensors
  $ simdescent convert model.safetensors web/
  $ simdescent convert model.safetensors model.onnx`,
    )
    .action(async (from: string, to: string) => {
      const { convert } = await import('./converting.ts');
      for (const file of await convert(from, to)) process.stdout.write(`${file}\n`);
      done(EXIT.done);
    });
}
