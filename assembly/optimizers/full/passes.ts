import { ADAFACTOR, D_ADAPT_ADAM, LAMB, LARS, MUON, NOVOGRAD, PRODIGY, SOAP, SUM_BLOCK } from "../../codes";
import { address, begin, end, offset, word } from "../../operations/words";
import * as passWords from "../../words/pass-parameters";
import { decay } from "../decay";
import { kind, updates, weightDecay } from "../state";
import { adafactorPass } from "./adafactor";
import { dadaptPass } from "./dadapt";
import { lambPass } from "./lamb";
import { larsPass } from "./lars";
import { muonPass } from "./muon";
import { novogradPass } from "./novograd";
import { prodigyPass } from "./prodigy";
import { soapPass } from "./soap";

/**
 * Optimizers whose update needs sums over a weight. They go over it several times; an operation is one pass over one weight:
 *
 *   pass 0      decay; what the sums need; two sums for each block of SUM_BLOCK parameters (a matrix of adafactor: for each row)
 *   pass 1 ..   reads the sums of the passes before, adds them up in their order, goes on
 *
 * Where an update needs sums over all weights together, every pass but the first is given the sums of all.
 * Blocks depend on sizes alone and each is summed in float64, in one order: threads never change a bit. No pass reads what another
 * part of the same pass writes.
 */
export function passParameters(op: usize, part: i32, parts: i32): void {
  const state = address(op, passWords.state);
  if (!updates(state)) return;
  const rule = kind(state);
  if (rule == ADAFACTOR) return adafactorPass(op, part, parts);
  if (rule == PRODIGY) return prodigyPass(op, part, parts);
  if (rule == D_ADAPT_ADAM) return dadaptPass(op, part, parts);
  const n = word(op, passWords.n);
  const blocks = (n + SUM_BLOCK - 1) / SUM_BLOCK;
  const pass = word(op, passWords.pass);
  const w = address(op, passWords.w);
  const g = address(op, passWords.g);
  const slots = address(op, passWords.slots);
  const stride = word(op, passWords.slotStride);
  const sums = address(op, passWords.sums);
  const passSums = sums + <usize>(pass * word(op, passWords.sumsStride));
  const decays = (pass == 0 || (rule == SOAP && pass == 3)) && !word(op, passWords.undecayed);
  const room = address(op, passWords.room);
  const longest = max(word(op, passWords.rows), word(op, passWords.cols));
  const to = end(blocks, 1, part, parts);
  for (let block = begin(blocks, 1, part, parts); block < to; block++) {
    const from = block * SUM_BLOCK;
    const count = min(SUM_BLOCK, n - from);
    const wb = offset(w, from);
    const gb = offset(g, from);
    const sb = offset(slots, from);
    const out = passSums + ((<usize>block) << 4);
    if (decays && rule != MUON && rule != SOAP && weightDecay(state) > 0) decay(state, wb, count);
    switch (rule) {
      case MUON:
        // decays by itself: its AdamW has a decay of its own
        muonPass(state, pass, wb, gb, sb, stride, count, offset(room, from), decays, longest);
        break;
      case LAMB:
        lambPass(state, pass, wb, gb, sb, stride, count, out, sums, blocks);
        break;
      case LARS:
        larsPass(state, pass, wb, gb, sb, stride, count, out, sums, blocks);
        break;
      case NOVOGRAD:
        novogradPass(state, pass, wb, gb, sb, stride, count, out, sums, blocks, slots);
        break;
      case SOAP:
        soapPass(state, pass, wb, gb, sb, stride, count, decays);
        break;
      default:
        assert(false, "an unknown optimizer");
    }
  }
}
