/**
 * What captured runs are replayed in (scripts/capture.js): engines with some of their compilers off, engines for another processor under qemu,
 * and hosts of WebAssembly without JavaScript.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runSync } from '../child.ts';
import { engines } from './binaries.ts';

export interface Host {
  readonly name: string;
  readonly how: string;
  readonly processor: string;
  /** Runs with the folder and the number of steps as further arguments; where it cannot be had, why. */
  readonly command: readonly string[] | string;
  readonly env?: Readonly<Record<string, string>>;
  readonly steps: 2 | 40;
  /** In every `npm test`; the others in `npm run engines -- --all`. */
  readonly always?: boolean;
}

const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const SCRIPT = fileOf('replaying.js');
const ARM = fileOf('arm64/node_modules');
const PYTHON = fileOf('python');
/** This processor as Go calls it. */
const GOARCH = process.arch === 'x64' ? 'amd64' : process.arch;
const wazeroFor = (arch: string): string => fileOf(`wazero/replay-${arch}`);
const QEMU = '/usr/bin/qemu-aarch64';
/** Processors that no engine with WebAssembly SIMD runs on, but wazero's interpreter; with the emulator of each, if it needs one, by Go's name. */
const EMULATED: Readonly<Record<string, readonly [processor: string, qemu?: string]>> = {
  // runs on x86-64 as it is; qemu 7.2 cannot run Go's programs for it
  ...(process.arch === 'x64' && { '386': ['x86, 32 bits'] }),
  riscv64: ['RISC-V, 64 bits', '/usr/bin/qemu-riscv64'],
  s390x: ['s390x, big-endian', '/usr/bin/qemu-s390x'],
};
const JSC = '/usr/bin/jsc';

const PROCESSOR = process.arch === 'x64' ? 'x86-64' : process.arch;
/** Everything, or what takes little. */
export const ALL = process.env.ENGINES === 'all';

/** Installs what hosts need and can be had; what is missing afterwards says so in its place. */
export function installHosts(): void {
  const attempt = (program: string, args: readonly string[], cwd?: string) => {
    console.log(`installing for captured runs: ${program} ${args.join(' ')}`);
    try {
      runSync(program, args, {
        timeout: 280_000,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
        ...(cwd && { cwd }),
      });
    } catch (error) {
      console.error((error as Error).message);
    }
  };
  const packages = [
    ...(existsSync(JSC) ? [] : ['libjavascriptcoregtk-4.0-bin']),
    ...(existsSync(QEMU) ? [] : ['qemu-user']),
    ...(existsSync('/usr/aarch64-linux-gnu/lib/libstdc++.so.6')
      ? []
      : ['libc6-arm64-cross', 'libstdc++6-arm64-cross', 'libgcc-s1-arm64-cross']),
    // for Node's current release
    ...(ALL && !existsSync('/usr/aarch64-linux-gnu/lib/libatomic.so.1') ? ['libatomic1-arm64-cross'] : []),
  ];
  if (packages.length > 0 && process.arch === 'x64' && process.getuid?.() === 0) {
    attempt('apt-get', ['-qq', 'update']);
    // one by one: other releases may lack one
    for (const name of packages) attempt('apt-get', ['-qq', '-y', '--no-install-recommends', 'install', name]);
  }
  if (!existsSync(ARM))
    attempt('npm', [
      'ci',
      '--cpu=arm64',
      '--os=linux',
      '--libc=glibc',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefix',
      path.dirname(ARM),
    ]);
  if (!existsSync(`${PYTHON}/wasmtime`)) {
    mkdirSync(PYTHON, { recursive: true });
    attempt('python3', ['-m', 'pip', 'install', '--quiet', '--target', PYTHON, 'wasmtime==50.0.1']);
  }
  for (const arch of ALL ? [GOARCH, ...Object.keys(EMULATED)] : [])
    if (!existsSync(wazeroFor(arch)))
      attempt('env', ['CGO_ENABLED=0', `GOARCH=${arch}`, 'go', 'build', '-o', wazeroFor(arch), '.'], fileOf('wazero'));
}

/** V8's compilers: the quick one, the optimizing one, and this one without what newer processors have. */
const TIERS: readonly (readonly [how: string, ...flags: readonly string[]])[] = [
  ['Liftoff alone', '--liftoff-only'],
  ['TurboFan alone', '--no-liftoff'],
  ['without AVX and FMA', '--no-enable-avx', '--no-enable-avx2', '--no-enable-fma3'],
];
const JSC_TIERS: readonly (readonly [how: string, option: string])[] = [
  ['without OMG', 'useOMGJIT'],
  ['without BBQ', 'useBBQJIT'],
];

export function hosts(): readonly Host[] {
  const found = (file: string, ...rest: readonly string[]): readonly string[] | string =>
    existsSync(file) ? [file, ...rest] : `${path.basename(file)} is not installed`;
  const here: Host[] = [];
  for (const { name, command } of engines()) {
    const at = { name, processor: PROCESSOR, steps: 40 } as const;
    const [program, ...args] = command ?? [];
    if (program === undefined) continue;
    here.push({ ...at, how: 'as it is', command: [program, ...args, SCRIPT] });
    if (name.startsWith('Node'))
      for (const [how, ...flags] of TIERS)
        here.push({ ...at, how, command: [program, ...flags, SCRIPT], always: name === 'Node' });
    if (name === 'Bun')
      for (const [how, option] of JSC_TIERS)
        here.push({ ...at, how, command: [program, ...args, SCRIPT], env: { [`BUN_JSC_${option}`]: '0' } });
  }
  const jsc = (how: string, ...flags: readonly string[]): Host => ({
    name: 'jsc',
    how,
    processor: PROCESSOR,
    command: found(JSC, '--useSharedArrayBuffer=1', ...flags, '-m', SCRIPT, '--'),
    steps: 2,
    always: flags.length === 0,
  });
  const arm = (name: string, file: string, args: readonly string[] = [], always = false): Host => {
    const native = process.arch === 'arm64';
    const program = `${ARM}/${file}`;
    return {
      name,
      how: native ? 'as it is' : 'under qemu',
      processor: 'ARM64',
      command:
        native || existsSync(QEMU)
          ? ((one) => (typeof one === 'string' || native ? one : [QEMU, ...one]))(found(program, ...args, SCRIPT))
          : 'qemu is not installed',
      env: { QEMU_LD_PREFIX: '/usr/aarch64-linux-gnu' },
      steps: 2,
      always,
    };
  };
  const interpreted = (arch: string) => found(wazeroFor(arch), '-interpreter');
  const python = spawnSync('python3', ['--version']).status === 0 && existsSync(`${PYTHON}/wasmtime`);
  return [
    ...here,
    jsc('as it is'),
    // without BBQ this jsc compiles no WebAssembly
    jsc('without OMG', '--useOMGJIT=0'),
    arm('Node LTS', 'node-24/bin/node', [], true),
    arm('Node current', 'node-26/bin/node'),
    arm('Node LTS, Liftoff alone', 'node-24/bin/node', ['--liftoff-only']),
    arm('Bun', '@oven/bun-linux-aarch64/bin/bun'),
    arm('Deno', '@deno/linux-arm64-glibc/deno', ['run', '--allow-read', '--allow-sys', '--allow-env']),
    {
      name: 'wasmtime',
      how: 'Cranelift, from Python',
      processor: PROCESSOR,
      command: python ? ['python3', fileOf('../../examples/replay.py')] : 'wasmtime is not installed',
      env: { PYTHONPATH: PYTHON },
      steps: 40,
      always: true,
    },
    { name: 'wazero', how: 'compiler, from Go', processor: PROCESSOR, command: found(wazeroFor(GOARCH)), steps: 2 },
    { name: 'wazero', how: 'interpreter, from Go', processor: PROCESSOR, command: interpreted(GOARCH), steps: 2 },
    ...Object.entries(EMULATED).map(([arch, [processor, qemu]]): Host => {
      const at = { name: 'wazero', processor, steps: 2 } as const;
      const command = interpreted(arch);
      if (qemu === undefined) return { ...at, how: 'interpreter, from Go', command };
      const emulated = typeof command === 'string' ? command : [qemu, ...command];
      return {
        ...at,
        how: 'interpreter, under qemu',
        command: existsSync(qemu) ? emulated : 'qemu is not installed',
      };
    }),
  ];
}
