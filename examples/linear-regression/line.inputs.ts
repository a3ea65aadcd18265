const W = 1.6649098;
const b = 0.54648024;

export const cost = [[W, b, [2, 3], [3, 2]]];
export const costOfRows = [[W, b, [[2], [3]], [[3], [2]]]];
export const costOfFloats = [[W, b, new Float32Array([2, 3]), new Float32Array([3, 2])]];
