// The first script of every page of bench/window.ts: when the page was asked for, and when it was left.
const name = 'bench-stays';
const [load] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
const asked = performance.timeOrigin + (load?.requestStart ?? 0);
const stays = () => JSON.parse(localStorage.getItem(name) ?? '[]') as { path: string; asked: number; left?: number }[];

localStorage.setItem(name, JSON.stringify([...stays(), { path: location.pathname, asked }]));
addEventListener('pagehide', () => {
  const left = performance.timeOrigin + performance.now();
  const written = stays().map((stay) => (stay.asked === asked ? { ...stay, left } : stay));
  localStorage.setItem(name, JSON.stringify(written));
});

export {};
