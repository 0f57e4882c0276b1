/** Export: the numbers as CSV and JSON, the charts as a picture, the race as a link. */
import { networkName } from '../../src/cli/settings.ts';
import { OPTIMIZERS } from '../optimizers.ts';
import type { Race } from '../race/race.ts';
import { commandLines, trainLine } from '../settings.ts';
import type { App, Moment, Part } from './app.ts';
import type { Charts } from './charts.ts';
import { h } from './dom.ts';
import { count } from './format.ts';
import { ink, lineOf } from './pens.ts';
import { linkButton, save } from './sharing.ts';

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

/** CSS pixels of the picture: the same in every window. */
const PICTURE = { width: 960, margin: 24, line: 28, heights: [360, 260, 260] } as const;

/** The charts below each other with titles, a legend of the lines shown and the settings. */
async function toCanvas(race: Race, charts: Charts): Promise<HTMLCanvasElement> {
  const scale = devicePixelRatio;
  const { width, margin, line, heights } = PICTURE;
  const pictures = await Promise.all(
    charts.all.map((chart, i) => chart.picture(width - 2 * margin, heights[i] ?? 260)),
  );
  const legend = legendOf(race, charts.hidden);
  const height = heights.reduce((sum, one) => sum + one + line + margin, 2 * margin + line * (legend.rows + 1));
  const picture = document.createElement('canvas');
  [picture.width, picture.height] = [width * scale, height * scale];
  const context = picture.getContext('2d');
  if (!context) throw new Error('this browser gives no canvas');
  context.scale(scale, scale);
  const { text, muted } = ink();
  const write = (words: string, x: number, y: number, style = '', color = text) => {
    context.font = `${style} 14px system-ui, sans-serif`;
    context.fillStyle = color;
    context.fillText(words, x, y);
  };
  context.fillStyle = getComputedStyle(document.body).backgroundColor;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  let y = margin;
  write(describe(race), margin, y, '', muted);
  for (const { name, x, row } of legend.items) {
    const { color, dash } = lineOf(name);
    const at = y + (row + 1) * line;
    context.strokeStyle = color;
    context.lineWidth = 3;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(x, at);
    context.lineTo(x + 28, at);
    context.stroke();
    write(OPTIMIZERS[name].title, x + 34, at);
  }
  y += line * (legend.rows + 1);
  for (const [i, { title }] of charts.all.entries()) {
    const chart = pictures[i];
    write(title, margin, y, 'bold');
    if (chart) context.drawImage(chart, margin, y + line / 2, chart.width / scale, chart.height / scale);
    y += (heights[i] ?? 0) + line + margin;
  }
  return picture;
}

/** Where the lines that are shown have their names: as many in a row as fit. */
function legendOf({ racers }: Race, hidden: ReadonlySet<string>) {
  const each = 125;
  const perRow = Math.floor((PICTURE.width - 2 * PICTURE.margin) / each);
  const names = racers.map(({ entrant }) => entrant.name).filter((name) => !hidden.has(name));
  const items = names.map((name, i) => ({
    name,
    x: PICTURE.margin + each * (i % perRow),
    row: Math.floor(i / perRow),
  }));
  return { items, rows: Math.ceil(names.length / perRow) };
}

function describe({ settings }: Race): string {
  const { model, hidden, activation, limit, epochs, batchSize, seed } = settings;
  const activated = model === 'cnn' || hidden.length > 0 ? ` with ${activation}` : '';
  const network = `${networkName(settings).replaceAll('-', '–')}${activated}`;
  return `Fashion-MNIST, ${count(limit)} training images · ${network} · ${epochs} epochs · batch size ${batchSize} · seed ${seed}`;
}

export function exporting(app: App, charts: Charts): Part {
  const says = h('span', { class: 'hint', role: 'status' });
  const button = (id: string, text: string, work: (race: Race) => void) =>
    h('button', { type: 'button', id, onclick: () => app.race && work(app.race) }, text);
  const files = [
    button('csv', 'CSV', (race) => save('race.csv', new Blob([toCsv(race)], { type: 'text/csv' }))),
    button('json', 'JSON', (race) => save('race.json', new Blob([toJson(race)], { type: 'application/json' }))),
    button('png', 'PNG', async (race) =>
      (await toCanvas(race, charts)).toBlob((blob) => blob && save('race.png', blob)),
    ),
  ];
  const link = linkButton(says, 'this race');
  const element = h(
    'section',
    { class: 'card' },
    h('h2', {}, 'Export'),
    h('p', { class: 'row' }, ...files, link, says),
  );
  const update = ({ race }: Moment) => {
    for (const file of files) file.disabled = race === undefined;
  };
  return { element, update };
}
