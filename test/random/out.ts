/** Makes results that are not numbers: something made in place, or memory that is in sight. */
import type { Expressions } from "./expressions.ts";
import type { Scope } from "./scope.ts";
import type { Out, Structure } from "./tree.ts";

export const out = (make: Expressions, scope: Scope, type: Structure): Out => {
  const { chance } = make;
  const known = scope.arrays.filter((a) => a.kind === "number[]" && a.writable).map((a) => a.of);
  const loose = scope.loose.filter((a) => a.plain && a.writable).map((a) => a.of);
  const list = (n: number): Out => ({
    k: "outList",
    items: Array.from({ length: n }, () => make.real(scope, 2)),
  });
  const numbers = (): Out => {
    const all = [...known, ...loose, ...scope.stacks.map(({ name }) => ({ k: "array", name }) as const)];
    return all.length > 0 && chance.happens(0.75)
      ? { k: "outArray", of: chance.of(all) }
      : list(chance.int(0, 3));
  };
  switch (type) {
    case "number[]":
      return numbers();
    case "[number, number]":
      return list(2);
    case "Float64Array":
      return { k: "outArray", of: chance.of(scope.arrays.filter((a) => a.typed)).of };
    case "number[][]": {
      const matrices = scope.matrices.filter((m) => m.swappable);
      if (matrices.length > 0 && chance.happens(0.6)) return { k: "outMatrix", of: chance.of(matrices).name };
      return { k: "outRows", rows: known.length > 0 ? [0, 1].map(() => chance.of(known)) : [] };
    }
    case "object":
      return {
        k: "outObject",
        fields: [
          { name: "cost", value: make.real(scope, 2) },
          { name: "at", value: numbers() },
        ],
      };
    default:
      return type satisfies never;
  }
};
