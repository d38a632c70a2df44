/** How often: all of it in `npm run soak`, a twentieth in `npm test`. */
export const times = (count: number): number => (process.env.SOAK ? count : count / 20);
