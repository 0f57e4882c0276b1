/** What can be taken away: the numbers as CSV and JSON, the charts as a picture, the race as a link. */
import { OPTIMIZERS } from '../optimizers.ts';
import type { Race } from '../race/race.ts';
import { commandLines, trainLine } from '../settings.ts';
import type { App } from './app.ts';
import type { Charts } from './charts.ts';
import { h, setText } from './dom.ts';
import { ink, lineOf } from './pens.ts';

/** One line for each epoch of each racer; numbers in full, so that they can be compared. */
function toCsv({ racers }: Race): string {
  const head = 'optimizer,epoch,step,seconds,loss,accuracy,val_loss,val_accuracy';
  const lines = racers.flatMap(({ entrant, epochs }) =>
    epochs.map(({ epoch, step, seconds, loss, accuracy, val_loss, val_accuracy }) =>
      [
        entrant.name,
        epoch,
        step,
        seconds,
        ...[loss, accuracy, val_loss, val_accuracy].map((one) => (Number.isNaN(one) && epoch === 0 ? '' : one)),
      ].join(','),
    ),
  );
  return `${[head, ...lines].join('\n')}\n`;
}

function toJson(race: Race): string {
  const { settings, racers, order } = race;
  const runs = racers.map(({ entrant, status, initial, digest, epochs, points, seconds, step }) => ({
    optimizer: entrant.name,
    options: { ...OPTIMIZERS[entrant.name].defaults, ...entrant.options },
    ...{ command: trainLine(settings, entrant), status, step, seconds, initial, digest, epochs, curve: points },
  }));
  const { userAgent, hardwareConcurrency } = navigator;
  return `${JSON.stringify({ settings, commands: commandLines(settings), order, browser: { userAgent, hardwareConcurrency }, runs }, null, 1)}\n`;
}

/** The charts below each other, with a legend, as they are seen. */
function toCanvas(race: Race, charts: Charts): HTMLCanvasElement {
  const scale = devicePixelRatio;
  const pictures = charts.all.flatMap(({ canvas, quantity }) => (canvas ? [{ canvas, quantity }] : []));
  const width = Math.max(...pictures.map(({ canvas }) => canvas.width));
  const [line, gap] = [28 * scale, 16 * scale];
  const height = pictures.reduce((sum, { canvas }) => sum + canvas.height + line + gap, 3 * line);
  const picture = document.createElement('canvas');
  [picture.width, picture.height] = [width + 2 * gap, height];
  const context = picture.getContext('2d');
  if (!context) throw new Error('this browser gives no canvas');
  const { text } = ink();
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, picture.width, picture.height);
  context.font = `${14 * scale}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  let x = gap;
  let y = line;
  for (const { entrant } of race.racers) {
    const { color, dash } = lineOf(entrant.name);
    const { title } = OPTIMIZERS[entrant.name];
    const wide = context.measureText(title).width + 56 * scale;
    if (x + wide > picture.width) [x, y] = [gap, y + line];
    context.strokeStyle = color;
    context.lineWidth = 3 * scale;
    context.setLineDash(dash.map((one) => one * scale));
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + 28 * scale, y);
    context.stroke();
    context.fillStyle = text;
    context.fillText(title, x + 34 * scale, y);
    x += wide;
  }
  y += line;
  for (const { canvas, quantity } of pictures) {
    context.fillStyle = text;
    context.fillText(quantity, gap, y + line / 2);
    context.drawImage(canvas, gap, y + line);
    y += canvas.height + line + gap;
  }
  return picture;
}

function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  h('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function exporting(app: App, charts: Charts): HTMLElement {
  const says = h('span', { class: 'hint', role: 'status' });
  const button = (id: string, text: string, work: (race: Race) => void) =>
    h('button', { type: 'button', id, onclick: () => app.race && work(app.race) }, text);
  const link = h('button', { type: 'button', id: 'link' }, 'Copy the link');
  link.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setText(says, 'Copied: it opens this race, with these settings.');
    } catch {
      setText(says, `The address of this page is the link: ${location.href}`);
    }
  });
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Take it with you'),
    h(
      'p',
      { class: 'row' },
      button('csv', 'CSV', (race) => save('race.csv', new Blob([toCsv(race)], { type: 'text/csv' }))),
      button('json', 'JSON', (race) => save('race.json', new Blob([toJson(race)], { type: 'application/json' }))),
      button('png', 'PNG', (race) => toCanvas(race, charts).toBlob((blob) => blob && save('race.png', blob))),
      link,
      says,
    ),
  );
}
