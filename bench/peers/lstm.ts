/** The gradient of the LSTM loss, written by hand: gates and states of each step kept in one typed array. */
type Rows = readonly (readonly number[])[];

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What is kept of a layer's unit at a step. */
const kept = { input: 0, hidden: 1, forget: 2, take: 3, output: 4, change: 5, cell: 6, tanh: 7, size: 8 };

/** The gradient alone, with respect to mainParams and extraParams. */
export function gradLstm(
  mainParams: Rows,
  extraParams: Rows,
  state: Rows,
  sequence: Rows,
): { mainParams: number[][]; extraParams: number[][] } {
  const layers = mainParams.length / 2;
  const b = extraParams[0]!.length;
  const steps = sequence.length - 1;
  const dMain = mainParams.map((row) => row.map(() => 0));
  const dExtra = extraParams.map((row) => row.map(() => 0));
  const [inWeight, outWeight, outBias] = extraParams as [number[], number[], number[]];
  const [dInWeight, dOutWeight, dOutBias] = dExtra as [number[], number[], number[]];
  const hidden = new Float64Array(layers * b);
  const cell = new Float64Array(layers * b);
  for (let k = 0; k < layers; k++) {
    hidden.set(state[2 * k]!, k * b);
    cell.set(state[2 * k + 1]!, k * b);
  }

  const tape = new Float64Array(steps * layers * b * kept.size);
  const signals = new Float64Array(steps * b);
  const shares = new Float64Array(steps * b);
  const signal = new Float64Array(b);
  for (let t = 0; t < steps; t++) {
    for (let j = 0; j < b; j++) signal[j] = sequence[t]![j]! * inWeight[j]!;
    for (let k = 0; k < layers; k++) {
      const w = mainParams[2 * k]!;
      const bias = mainParams[2 * k + 1]!;
      for (let j = 0; j < b; j++) {
        const at = ((t * layers + k) * b + j) * kept.size;
        const x = signal[j]!;
        const h = hidden[k * b + j]!;
        const c = cell[k * b + j]!;
        const forget = sigmoid(x * w[j]! + bias[j]!);
        const take = sigmoid(h * w[b + j]! + bias[b + j]!);
        const output = sigmoid(x * w[2 * b + j]! + bias[2 * b + j]!);
        const change = Math.tanh(h * w[3 * b + j]! + bias[3 * b + j]!);
        const next = c * forget + take * change;
        const tanh = Math.tanh(next);
        tape[at + kept.input] = x;
        tape[at + kept.hidden] = h;
        tape[at + kept.forget] = forget;
        tape[at + kept.take] = take;
        tape[at + kept.output] = output;
        tape[at + kept.change] = change;
        tape[at + kept.cell] = c;
        tape[at + kept.tanh] = tanh;
        cell[k * b + j] = next;
        hidden[k * b + j] = signal[j] = output * tanh;
      }
    }
    let sum = 2;
    for (let j = 0; j < b; j++) {
      const e = Math.exp(signal[j]! * outWeight[j]! + outBias[j]!);
      signals[t * b + j] = signal[j]!;
      shares[t * b + j] = e;
      sum += e;
    }
    for (let j = 0; j < b; j++) shares[t * b + j]! /= sum;
  }

  const dHidden = new Float64Array(layers * b);
  const dCell = new Float64Array(layers * b);
  const dSignal = new Float64Array(b);
  const scale = -1 / (b * steps);
  for (let t = steps - 1; t >= 0; t--) {
    const target = sequence[t + 1]!;
    let total = 0;
    for (let j = 0; j < b; j++) total += target[j]!;
    for (let j = 0; j < b; j++) {
      const dPrediction = scale * (target[j]! - total * shares[t * b + j]!);
      dOutBias[j]! += dPrediction;
      dOutWeight[j]! += dPrediction * signals[t * b + j]!;
      dSignal[j] = dPrediction * outWeight[j]!;
    }
    for (let k = layers - 1; k >= 0; k--) {
      const w = mainParams[2 * k]!;
      const dw = dMain[2 * k]!;
      const dBias = dMain[2 * k + 1]!;
      for (let j = 0; j < b; j++) {
        const at = ((t * layers + k) * b + j) * kept.size;
        const x = tape[at + kept.input]!;
        const h = tape[at + kept.hidden]!;
        const forget = tape[at + kept.forget]!;
        const take = tape[at + kept.take]!;
        const output = tape[at + kept.output]!;
        const change = tape[at + kept.change]!;
        const tanh = tape[at + kept.tanh]!;
        const dh = dHidden[k * b + j]! + dSignal[j]!;
        const dc = dCell[k * b + j]! + dh * output * (1 - tanh * tanh);
        const dForget = dc * tape[at + kept.cell]! * forget * (1 - forget);
        const dTake = dc * change * take * (1 - take);
        const dOutput = dh * tanh * output * (1 - output);
        const dChange = dc * take * (1 - change * change);
        dCell[k * b + j] = dc * forget;
        dSignal[j] = dForget * w[j]! + dOutput * w[2 * b + j]!;
        dHidden[k * b + j] = dTake * w[b + j]! + dChange * w[3 * b + j]!;
        dw[j]! += dForget * x;
        dw[b + j]! += dTake * h;
        dw[2 * b + j]! += dOutput * x;
        dw[3 * b + j]! += dChange * h;
        dBias[j]! += dForget;
        dBias[b + j]! += dTake;
        dBias[2 * b + j]! += dOutput;
        dBias[3 * b + j]! += dChange;
      }
    }
    for (let j = 0; j < b; j++) dInWeight[j]! += dSignal[j]! * sequence[t]![j]!;
  }
  return { mainParams: dMain, extraParams: dExtra };
}
