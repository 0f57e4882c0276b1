// The page: predicts while somebody draws, with the 24 kB of the library that load and predict.
// @ts-check
import { imageData } from 'simdescent/data';
import { loadModel } from 'simdescent/predict';

/** @template T @param {T | null} found */
function there(found) {
  if (found === null) throw new Error('the page is not whole');
  return found;
}
const canvas = there(document.querySelector('canvas'));
const output = there(document.querySelector('output'));
const pen = there(canvas.getContext('2d', { willReadFrequently: true }));
pen.lineWidth = 22;
pen.lineCap = 'round';
pen.lineJoin = 'round';
pen.strokeStyle = '#fff';

const model = await loadModel('model.safetensors', {
  onProgress({ received, total }) {
    if (total !== undefined) output.value = `loading the model: ${Math.round((100 * received) / total)} %`;
  },
});
// what train.js has written into the model's file
const classes = model.metadata.get('classes')?.split(',') ?? [];
output.value = 'draw';

function tell() {
  const { data } = model.predictOnBatch(imageData(canvas, { channels: 1, size: [28, 28] }));
  const best = data.indexOf(Math.max(...data));
  output.value = `${classes[best]}, ${(100 * (data[best] ?? 0)).toFixed(1)} %`;
}

canvas.addEventListener('pointerdown', ({ offsetX, offsetY, pointerId }) => {
  canvas.setPointerCapture(pointerId);
  pen.beginPath();
  pen.moveTo(offsetX, offsetY);
});
canvas.addEventListener('pointermove', ({ offsetX, offsetY, buttons }) => {
  if (buttons === 0) return;
  pen.lineTo(offsetX, offsetY);
  pen.stroke();
  tell();
});
there(document.querySelector('button')).addEventListener('click', () => {
  pen.clearRect(0, 0, canvas.width, canvas.height);
  output.value = 'draw';
});
