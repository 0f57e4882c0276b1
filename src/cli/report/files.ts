/** The files of a report, as text by name. */
import { lineChart } from './charts.ts';
import { csvField } from './csv.ts';
import { reportHtml } from './html.ts';
import { type ReportRecord, summary } from './record.ts';

const ALONE = { width: 860, height: 520, alone: true } as const;

export function reportFiles(report: ReportRecord): Map<string, string> {
  const runs = report.runs.filter((run) => run.epoch.length > 0);
  const plot = (key: string, title: string) => `${lineChart(runs, key, report.epochs, { id: key, title, ...ALONE })}\n`;
  return new Map([
    // first what the others could be made of again, then the page, which shows all of it
    ['history.json', historyJson(report)],
    ['report.html', reportHtml(report)],
    ['history.csv', historyCsv(report)],
    ['loss.svg', plot('loss', 'Training loss by epoch')],
    ['val_loss.svg', plot('val_loss', 'Validation loss by epoch')],
  ]);
}

/** Everything the report knows. JSON has no NaN: it is written as null. */
function historyJson(report: ReportRecord): string {
  const runs = report.runs.map((run) => ({ ...run, summary: summary(run) }));
  return `${JSON.stringify({ ...report, runs }, null, 2)}\n`;
}

/** One line per epoch of each run, epochs counted from 1. */
function historyCsv({ runs }: ReportRecord): string {
  const keys = [...new Set(runs.flatMap((run) => Object.keys(run.history)))].sort();
  const lines = runs.flatMap((run) =>
    run.epoch.map((epoch, i) => [
      run.optimizer,
      epoch + 1,
      ...keys.map((key) => run.history[key]?.[i] ?? ''),
      run.seconds[i] ?? '',
      run.trainSeconds[i] ?? '',
    ]),
  );
  return [['optimizer', 'epoch', ...keys, 'seconds', 'train_seconds'], ...lines]
    .map((line) => `${line.map(csvField).join(',')}\n`)
    .join('');
}
