import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flagOf, SEVEN } from '../../src/cli/settings.ts';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { having, OPTIMIZER_NAMES, OPTION_NAMES, OPTIONS } from '../../src/optimizers/facts/words.ts';
import { built, run, start } from './run.ts';

const FILES = ['history.csv', 'history.json', 'loss.svg', 'report.html', 'val_loss.svg'];
const SMALL = ['--limit', '320', '--epochs', '1', '--hidden', '16'];
let folder: string;

beforeAll(async () => {
  built();
  await loadFashionMnist(); // the first time on a machine it is downloaded, which a command must not be timed by
  folder = mkdtempSync(join(tmpdir(), 'simdescent-cli-'));
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lastLine = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');

describe('help', () => {
  it('lists the commands and exits 0, and so does that of each command, with examples', async () => {
    const help = await run('-h');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const command of ['train', 'compare', 'sweep', 'worker', 'verify', 'data', 'bench', 'convert'])
      expect(help.stdout).toContain(`  ${command} `);
    expect(help.stdout).toContain('Examples:');
    for (const command of ['train', 'compare', 'sweep', 'worker', 'verify', 'data', 'bench', 'convert']) {
      const { code, stdout } = await run(command, '--help');
      expect(code).toBe(0);
      expect(stdout).toContain(`$ simdescent ${command}`);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('has a flag for every option of the optimizers, and says whose it is', async () => {
    const { stdout } = await run('train', '--help');
    const text = stdout.replace(/\s+/g, ' ');
    for (const option of OPTION_NAMES) {
      const owners = having(option);
      const whose = owners.length === OPTIMIZER_NAMES.length ? '' : ` (${owners.join(', ')})`;
      expect(text).toMatch(new RegExp(`${flagOf(option)} [^-]*`));
      expect(text).toContain(`${OPTIONS[option].says}${whose}`);
    }
  });

  it('is what no command at all gets, on stderr, with exit 2', async () => {
    const { code, stdout, stderr } = await run();
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('Usage: simdescent');
  });

  it('includes the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    for (const flag of ['--version', '-V'])
      expect(await run(flag)).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('wrong usage', () => {
  it.each([
    [['trian'], "unknown command 'trian' (Did you mean train?)"],
    [['train', '--optimzer', 'adam'], "unknown option '--optimzer' (Did you mean --optimizer?)"],
    [['train', 'adam'], "too many arguments for 'train'"],
    [['train', '--optimizer', 'nadm'], "unknown optimizer 'nadm'; did you mean 'nadam'?"],
    [['compare', '--optimizers', 'sgd,rmsporp'], "unknown optimizer 'rmsporp'; did you mean 'rmsprop'?"],
    [['compare', '--optimizers', 'sgd,sgd'], "'sgd' is there twice"],
    [['compare', '--optimizers', 'sgd,'], 'Expected names separated by commas'],
    [['train', '--activation', 'rely'], "unknown activation 'rely'; did you mean 'relu'?"],
    [['train', '--epochs', '0'], "argument '0' is invalid. Expected an integer from 1 to"],
    [['train', '--batch-size', '1.5'], "argument '1.5' is invalid"],
    [['train', '--learning-rate', 'fast'], "argument 'fast' is invalid. Expected a number"],
    [['train', '--learning-rate', 'NaN'], "argument 'NaN' is invalid"],
    [['train', '--learning-rate', '-1'], '--learning-rate must be a finite number at least 0, got -1'],
    [['train', '--lr', '-1'], '--learning-rate must be a finite number at least 0, got -1'],
    [['train', '--weight-decay', '-1'], '--weight-decay must be a finite number at least 0, got -1'],
    [['train', '--dropout', '2'], '--dropout must be a finite number from 0 to 1, got 2'],
    [['train', '--hidden', '100000,100000'], 'has 10,079,600,010 parameters, which takes more memory than there is'],
    [['train', '--hidden', '300,x'], 'Expected units of each hidden layer'],
    [['train', '--limit', '60001'], 'Expected an integer from 1 to 60000'],
    [['train', '--threads', 'two'], "Expected an integer from 1 to 64, or 'auto'."],
    [['train', '--rho', '0.5', '--optimizer', 'SGD'], '--rho means nothing to sgd, only to rmsprop'],
    [['train', '--amsgrad', '--optimizer', 'nadam'], '--amsgrad means nothing to nadam, only to adam, adamw'],
    [['train', '--epsilon-mode', 'best'], 'Allowed choices are insideSqrt, hat, paper'],
    [['train', '--epsilon-mode', 'paper', '--optimizer', 'adagrad'], "unknown epsilonMode 'paper'"],
    [['compare', '--optimizers', 'RMSprop,rmsprop'], 'names rmsprop twice'],
    [['train', '--momentum', '0.5', '--optimizer', 'adam'], '--momentum means nothing to adam'],
    [
      ['compare', '--beta1', '0.5', '--optimizers', 'sgd,rmsprop'],
      '--beta1 means nothing to sgd, rmsprop, only to adam',
    ],
    [['train', '--out'], "option '--out <folder>' argument missing"],
    [['train', '--out', ''], "option '--out <folder>' argument '' is invalid. Expected a path."],
    [['compare', '--data', ''], "option '--data <folder>' argument '' is invalid. Expected a path."],
    [['data', '--data', ''], "option '--data <folder>' argument '' is invalid. Expected a path."],
    [['train', '--resume', ''], "option '--resume <file>' argument '' is invalid. Expected a path."],
  ])('simdescent %j exits 2 with one line on stderr', async (args, says) => {
    const { code, stdout, stderr } = await run(...args);
    expect(stderr).toMatch(/^simdescent: [^\n]+\n$/);
    expect(stderr).toContain(says);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('train', () => {
  it('ends with one JSON object on stdout, and everything else on stderr', async () => {
    const { code, stdout, stderr } = await run('train', ...SMALL, '--json');
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const result = lastLine(stdout);
    expect(Object.keys(result)).toEqual([
      ...['command', 'optimizer', 'stopped', 'epochs', 'steps', 'batchSize', 'seed', 'limit', 'threads', 'simd'],
      ...['loss', 'accuracy', 'val_loss', 'val_accuracy', 'seconds', 'msPerStep', 'digest'],
    ]);
    expect(result).toMatchObject({
      ...{ command: 'train', optimizer: 'nadam', epochs: 1, steps: 10, batchSize: 32, seed: 42, limit: 320 },
      ...{
        threads: Math.min(8, availableParallelism()),
        simd: 'strict',
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    for (const key of ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'seconds', 'msPerStep']) {
      expect(result[key]).toBeGreaterThan(0);
    }
    expect(stderr).toMatch(/^nadam epoch 1\/1 {2}loss \d/);
  });

  it('averages weights, accumulates gradients and leaves weights without decay', async () => {
    const out = join(folder, 'averaged');
    const flags = ['--use-ema', '--ema-momentum', '0.5', '--gradient-accumulation-steps', '3'];
    const decay = ['--weight-decay', '0.5', '--exclude-from-weight-decay', 'bias,dense_1/'];
    const all = ['train', ...SMALL, '--optimizer', 'lion', ...flags, ...decay, '--json'];
    const once = lastLine((await run(...all, '--out', out)).stdout);
    const { command } = JSON.parse(readFileSync(join(out, 'history.json'), 'utf8'));
    expect(command).toContain('--exclude-from-weight-decay bias,dense_1/');
    expect(command).toContain(flags.join(' '));
    const others = [all.filter((flag) => flag !== '--use-ema'), all.map((flag) => (flag === '3' ? '2' : flag))];
    for (const other of [...others, all.map((flag) => (flag.startsWith('bias') ? 'bias' : flag))])
      expect(lastLine((await run(...other)).stdout).digest).not.toBe(once.digest);
    const refused = await run(...all.map((flag) => (flag === '3' ? '1' : flag)));
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--gradient-accumulation-steps')]);
  });

  it('understands the spellings that the library understands, and gives the same numbers by them', async () => {
    const plain = lastLine(
      (await run('train', ...SMALL, '--optimizer', 'adamw', '--activation', 'gelu', '--json')).stdout,
    );
    const out = join(folder, 'spelled');
    const flags = [
      '--optimizer',
      'AdamW',
      '--activation',
      'GELU',
      '--amsgrad',
      '--epsilon-mode',
      'paper',
      '--out',
      out,
    ];
    const spelled = lastLine((await run('train', ...SMALL, ...flags, '--json')).stdout);
    expect(spelled.optimizer).toBe('adamw');
    expect(spelled.digest).not.toBe(plain.digest);
    const { command } = JSON.parse(readFileSync(join(out, 'history.json'), 'utf8'));
    expect(command).toContain('--optimizer adamw --amsgrad --epsilon-mode paper --epochs 1');
    expect(command).toContain('--activation gelu ');
    const again = lastLine((await run(...command.split(' ').slice(1), '--json')).stdout);
    expect(again.digest).toBe(spelled.digest);
  });

  it('warns once when the loss is no number any more, for each optimizer', async () => {
    const flags = ['--optimizers', 'sgd,momentum', '--learning-rate', '1e30', '--epochs', '2'];
    const { code, stderr } = await run('compare', ...SMALL, ...flags, '--out', join(folder, 'broken'));
    expect(code).toBe(0);
    const says =
      '.*the loss is (NaN|-?Infinity) in epoch 1.*x ranges from 0 to 1.*learning rate is 1e\\+30.*clipnorm.*';
    expect(stderr).toMatch(new RegExp(`^simdescent: sgd: ${says}\nsimdescent: momentum: ${says}\n$`));
  });

  it('gives the same digest twice, another for another seed, and shows it in the table', async () => {
    const [first, second, other] = await Promise.all([
      run('train', ...SMALL, '--json'),
      run('train', ...SMALL),
      run('train', ...SMALL, '--json', '--seed', '7'),
    ]);
    const { digest } = lastLine(first.stdout);
    expect(second.stdout).toContain(digest.slice(0, 12));
    expect(lastLine(other.stdout).digest).not.toBe(digest);
  });

  it('draws no bar and no colour into a pipe', async () => {
    const { stdout, stderr } = await run('train', ...SMALL, '--epochs', '2');
    for (const mark of ['\x1b', '\r', '█']) expect(stdout).not.toContain(mark);
    expect(stdout.match(/^nadam epoch [12]\/2 .+val_accuracy 0\.\d{4} {2}\d+\.\d s$/gm)).toHaveLength(2);
    expect(stderr).toBe('');
  });

  it('takes every option to the model, each of which changes the weights', async () => {
    const options = [
      ...[
        ['--weight-decay', '0.1'],
        ['--clipnorm', '0.01'],
        ['--dropout', '0.5'],
        ['--l2', '0.1'],
      ],
      ...[
        ['--activation', 'tanh'],
        ['--batch-size', '64'],
        ['--learning-rate', '0.01'],
        ['--optimizer', 'momentum'],
      ],
      ['--optimizer', 'momentum', '--momentum', '0.5'],
    ];
    const digests = new Set<string>();
    for (const option of [[], ...options]) {
      const { code, stdout } = await run('train', ...SMALL, '--json', ...option);
      expect(code).toBe(0);
      digests.add(lastLine(stdout).digest);
    }
    expect(digests.size).toBe(1 + options.length);
  });

  it('says in one line that a data folder is not there, and shows the stack only when asked', async () => {
    const missing = join(folder, 'missing');
    const { code, stderr } = await run('train', '--data', missing);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^simdescent: [^\n]+\n$/);
    expect(stderr).toContain(`${missing}: no such folder`);
    const { stderr: stack } = await run('train', '--data', missing, '--debug');
    expect(stack).toMatch(/\n {4}at /);
    const { stderr: environment } = await start(['train'], { SIMDESCENT_DATA: missing }).done;
    expect(environment).toContain('from SIMDESCENT_DATA');
  });
});

describe('bench', () => {
  it('shows tables, and in JSON a figure for each product and optimizer, and a digest that any machine gives', async () => {
    const { code, stdout, stderr } = await run('bench', '--quick', '--json');
    expect(code).toBe(0);
    const report = lastLine(stdout);
    const names = report.variants as string[];
    expect(names[0]).toBe('strict, 1 thread');
    const steps = report.steps as { optimizer: string; ms: number[] }[];
    expect(steps.map(({ optimizer }) => optimizer)).toEqual(SEVEN);
    const products = report.products as { name: string; gflops: number[] }[];
    for (const figures of [...steps.map(({ ms }) => ms), ...products.map(({ gflops }) => gflops)]) {
      expect(figures).toHaveLength(names.length);
      for (const figure of figures) expect(figure).toBeGreaterThan(0);
    }
    expect(report.stepsPerSecond).toBeGreaterThan(0);
    expect(report.digest).toMatch(/^[0-9a-f]{64}$/);
    for (const { name } of products) expect(stderr).toContain(name);
    expect(stderr).toContain(`${String(report.digest).slice(0, 12)}, the same on every machine`);
    const other = await run('bench', '--quick', '--optimizers', 'adam,adan,nadem');
    expect(other.code).not.toBe(0);
    expect(other.stderr).toMatch(/nadem.*nadam/);
    expect(other.stdout).not.toContain('GFLOP');
  });
});

describe('compare', () => {
  it('starts each optimizer from the same weights, so that alone and beside others it gives the same digest', async () => {
    const out = join(folder, 'both');
    const { code, stdout } = await run('compare', ...SMALL, '--optimizers', 'sgd,nadam', '--out', out, '--json');
    expect(code).toBe(0);
    const { command, runs } = lastLine(stdout);
    expect(command).toBe('compare');
    expect(runs.map((one: { optimizer: string }) => one.optimizer)).toEqual(['sgd', 'nadam']);
    const alone = lastLine((await run('train', ...SMALL, '--json')).stdout);
    expect(runs[1].digest).toBe(alone.digest);
    expect(readdirSync(out).sort()).toEqual(FILES);
    const history = JSON.parse(readFileSync(join(out, 'history.json'), 'utf8'));
    expect(history.runs[1].history).toEqual({
      accuracy: [alone.accuracy],
      loss: [alone.loss],
      val_accuracy: [alone.val_accuracy],
      val_loss: [alone.val_loss],
    });
    expect(history.stopped).toBe(false);
    expect(readFileSync(join(out, 'history.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(3);
  });

  it('writes down a command that gives the same numbers again', async () => {
    const out = join(folder, 'again');
    const flags = ['--optimizers', 'rmsprop,momentum', '--momentum', '0.5', '--l2', '0.001', '--carry-weights'];
    await run('compare', ...SMALL, ...flags, '--out', out);
    const first = JSON.parse(readFileSync(join(out, 'history.json'), 'utf8'));
    const [, ...args] = first.command.split(' ');
    const { stdout } = await run(...args, '--json', '--out', join(folder, 'again too'));
    const digests = (runs: { digest: string }[]) => runs.map(({ digest }) => digest);
    expect(digests(lastLine(stdout).runs)).toEqual(digests(first.runs));
  });

  it('goes on from the weights of the one before with --carry-weights', async () => {
    const flags = ['compare', ...SMALL, '--optimizers', 'sgd,adam', '--json'];
    const [apart, carried] = await Promise.all([
      run(...flags, '--out', join(folder, 'apart')),
      run(...flags, '--out', join(folder, 'carried'), '--carry-weights'),
    ]);
    const [a, c] = [lastLine(apart.stdout).runs, lastLine(carried.stdout).runs];
    expect(c[0].digest).toBe(a[0].digest);
    expect(c[1].digest).not.toBe(a[1].digest);
    expect(c[1].val_loss).toBeLessThan(a[1].val_loss);
  });

  it('finds out before it trains that it cannot write', async () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    for (const out of [file, join(file, 'inside'), ...(existsSync('/proc') ? ['/proc/nowhere/inside'] : [])]) {
      const { code, stdout, stderr } = await run('compare', '--out', out);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(/^simdescent: [^\n]+: cannot be written \([^\n]+\)\n$/);
    }
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('writes what is finished when it gets %s, and exits %i', async (signal, expected) => {
    const out = join(folder, signal);
    const { child, done } = start(['compare', '--limit', '640', '--epochs', '5000', '--out', out]);
    let seen = '';
    child.stdout?.on('data', (text: string) => {
      seen += text;
      if (!child.killed && /epoch +3\//.test(seen)) child.kill(signal);
    });
    const { code, stdout, stderr } = await done;
    expect(code).toBe(expected);
    expect(stderr).toMatch(/^simdescent: stopping [^\n]+\n$/);
    expect(readdirSync(out).sort()).toEqual(FILES);
    const { stopped, runs } = JSON.parse(readFileSync(join(out, 'history.json'), 'utf8'));
    expect(stopped).toBe(true);
    expect(runs).toHaveLength(1);
    expect(runs[0]).toMatchObject({ optimizer: 'sgd', finished: false, digest: '' });
    expect(runs[0].epoch.length).toBeGreaterThanOrEqual(3);
    expect(runs[0].history.val_loss).toHaveLength(runs[0].epoch.length);
    expect(runs[0].seconds).toHaveLength(runs[0].epoch.length);
    expect(stdout).toContain('stopped');
  });
});

describe('with --json, a training that was stopped', () => {
  it.each(['train', 'compare'])('%s says so, with the epochs that it finished and no digest', async (command) => {
    const out = join(folder, `stopped-${command}`);
    const { child, done } = start([
      command,
      '--limit',
      '640',
      '--epochs',
      '5000',
      '--hidden',
      '16',
      '--out',
      out,
      '--json',
    ]);
    let seen = '';
    child.stderr?.on('data', (text: string) => {
      seen += text;
      if (!child.killed && /epoch +3\//.test(seen)) child.kill('SIGINT');
    });
    const { code, stdout } = await done;
    expect(code).toBe(130);
    const last = lastLine(stdout);
    const entry = command === 'train' ? last : last.runs[0];
    expect([last.stopped, entry.stopped, entry.digest]).toEqual([true, true, null]);
    expect(entry.epochs).toBeGreaterThanOrEqual(3);
    expect(entry.val_loss).toBeGreaterThan(0);
    if (command === 'compare') expect(last.runs).toHaveLength(1);
  });
});

describe('data', () => {
  it('says where the data set is', async () => {
    const { code, stdout } = await run('data', '--json');
    expect(code).toBe(0);
    expect(lastLine(stdout)).toMatchObject({ command: 'data', train: 60000, test: 10000, source: expect.any(String) });
  });

  it('says what is wrong with a file and exits 1', async () => {
    writeFileSync(join(folder, 'train-images-idx3-ubyte.gz'), 'broken');
    const { code, stderr } = await run('data', '--data', folder);
    expect(code).toBe(1);
    expect(stderr).toContain(`${join(folder, 'train-images-idx3-ubyte.gz')}: expected an IDX file`);
  });
});
