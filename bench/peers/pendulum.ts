import type { State } from "../../fixtures/examples/pendulum.ts";

/** Gradient of `energyAfter`: one entry per differentiated parameter. */
interface EnergyAfterGrad {
  start: { angle: number; velocity: number };
  damping: number;
}

/** Value of `energyAfter` and its gradient with respect to start and damping. */
export function valueAndGradEnergyAfter(
  start: State,
  damping: number,
  steps: number,
  h: number,
): { value: number; grad: EnergyAfterGrad } {
  // forward sweep: keeps the state each step started from
  let angle = start.angle;
  let velocity = start.velocity;
  const trips = Math.max(0, Math.ceil(steps));
  const angles = new Float64Array(trips);
  const velocities = new Float64Array(trips);
  for (let i = 0; i < steps; i++) {
    angles[i] = angle;
    velocities[i] = velocity;
    velocity += h * (-Math.sin(angle) - damping * velocity);
    angle += h * velocity;
  }

  // reverse sweep
  let dVelocity = velocity;
  let dAngle = Math.sin(angle);
  let dDamping = 0;
  for (let i = trips - 1; i >= 0; i--) {
    dVelocity += h * dAngle;
    const dForce = h * dVelocity;
    dDamping -= dForce * velocities[i];
    dVelocity -= dForce * damping;
    dAngle -= dForce * Math.cos(angles[i]);
  }
  return {
    value: 0.5 * velocity ** 2 + 1 - Math.cos(angle),
    grad: { start: { angle: dAngle, velocity: dVelocity }, damping: dDamping },
  };
}
