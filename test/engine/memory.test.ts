import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Arena, reserve, Scope } from '../../src/engine/memory.ts';

const MIB = 1048576;

function arena(limit = 16 * MIB, base = 2000) {
  const reservation = reserve(limit);
  return { memory: reservation.memory, arena: new Arena(reservation, base) };
}

describe('the arena', () => {
  it('hands out zeroed blocks on cache lines, above the base and with slack behind them', () => {
    const { arena: made, memory } = arena();
    const a = made.allocate(10);
    const b = made.allocate(10);
    expect(a % 64).toBe(0);
    expect(a).toBeGreaterThanOrEqual(2000);
    expect(b - a).toBeGreaterThanOrEqual(10 + 64);
    new Uint8Array(memory.buffer, a, 10).fill(1);
    made.free(a);
    expect([...new Uint8Array(memory.buffer, made.allocate(10), 10)]).toEqual(new Array(10).fill(0));
  });

  it('never hands out overlapping blocks or what others have written, and is empty again when all are freed', () => {
    const command = fc.oneof(
      fc.record({ free: fc.nat(), size: fc.constant(-1) }),
      fc.record({ free: fc.constant(-1), size: fc.nat(200_000) }),
    );
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const { arena: made, memory } = arena(32 * MIB);
        const blocks: { start: number; end: number }[] = [];
        for (const { free, size } of commands) {
          if (size >= 0) {
            const start = made.allocate(size);
            const end = start + size + 64;
            const bytes = Buffer.from(memory.buffer, start, size);
            if (!bytes.equals(Buffer.alloc(size))) throw new Error('not zero');
            bytes.fill(1);
            for (const block of blocks) if (start < block.end && block.start < end) throw new Error('overlap');
            blocks.push({ start, end });
          } else if (blocks.length > 0) {
            const [block] = blocks.splice(free % blocks.length, 1);
            if (block !== undefined) made.free(block.start);
          }
        }
        for (const { start } of blocks) made.free(start);
        expect(made.used).toBe(0);
        // all free space is one range again: what was in use fits in one block
        if (commands.length > 0) expect(made.allocate(1)).toBe(Math.ceil(2000 / 64) * 64);
      }),
      { numRuns: 200, seed: 7 },
    );
  });

  it('says what was asked for, what is used and what the limit is when there is no room, and goes on working', () => {
    const { arena: made } = arena(2 * MIB);
    const kept = made.allocate(MIB);
    const { used } = made;
    expect(() => made.allocate(3 * MIB)).toThrow(
      /out of memory: asked for 3\.0 MiB, 1\.0 MiB of at most 2\.0 MiB are in use/,
    );
    expect(made.used).toBe(used);
    made.free(made.allocate(MIB / 2));
    made.free(kept);
    expect(made.used).toBe(0);
  });

  it('can hand out nearly everything up to the limit', () => {
    const { arena: made } = arena(2 * MIB);
    made.free(made.allocate(2 * MIB - 4096));
    expect(made.limit).toBe(2 * MIB);
  });

  it('refuses to free what it has not handed out', () => {
    const { arena: made } = arena();
    const block = made.allocate(64);
    made.free(block);
    expect(() => made.free(block)).toThrow(/no block begins at/);
  });

  it('views of earlier blocks stay live while the memory grows', () => {
    const { arena: made, memory } = arena();
    const at = made.allocate(16);
    const view = new Float32Array(memory.buffer, at, 4);
    made.allocate(8 * MIB);
    new Float32Array(memory.buffer, at, 4)[2] = 5;
    expect(view[2]).toBe(5);
  });

  it('a scope frees all of its blocks at once', () => {
    const { arena: made } = arena();
    const scope = new Scope(made);
    for (let i = 0; i < 10; i++) scope.allocate(1000 * i);
    expect(made.used).toBeGreaterThan(45_000);
    scope.dispose();
    scope.dispose();
    expect(made.used).toBe(0);
  });
});

/** An engine with so little address space for all memories together; what is freed it takes back at once. */
function engineWith(bytes: number): void {
  const { Memory } = WebAssembly;
  let left = bytes;
  vi.spyOn(WebAssembly, 'Memory').mockImplementation(function (this: unknown, { maximum = 0, ...rest }) {
    if (maximum * 65536 > left) throw new RangeError('Out of memory');
    left -= maximum * 65536;
    return new Memory({ ...rest, maximum });
  });
}

describe('address space', () => {
  afterEach(() => vi.restoreAllMocks());
  // of the runtimes that this file has made before
  const others = /\d+ other runtimes have reserved [\d.]+ MiB/;

  it('is 4 GiB for a runtime that is alone, and 1 GiB for others, unless they say what they need', async () => {
    vi.resetModules();
    const { reserve } = await import('../../src/engine/memory.ts');
    const first = reserve();
    const second = reserve();
    const third = reserve(100_000);
    expect([first.bytes, second.bytes, third.bytes]).toEqual([4096 * MIB, 1024 * MIB, 65536]);
    for (const reservation of [first, second, third]) reservation.release();
    expect(reserve().bytes).toBe(4096 * MIB);
  });

  it('that the engine refuses is halved until it does not, and the runtime says so when it is full', () => {
    engineWith(48 * MIB);
    const reservation = reserve(128 * MIB);
    expect([reservation.asked, reservation.bytes]).toEqual([128 * MIB, 32 * MIB]);
    const made = new Arena(reservation, 2000);
    expect(() => made.allocate(64 * MIB)).toThrow(
      /at most 32\.0 MiB.*less address space than the 128\.0 MiB.*dispose of other runtimes/,
    );
  });

  it('that is used up is an error that names what uses it and what helps', () => {
    engineWith(20 * MIB);
    reserve(20 * MIB);
    expect(() => reserve()).toThrow(others);
    expect(() => reserve()).toThrow(/dispose.*maximumMemory/);
  });
});
