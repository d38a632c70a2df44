// What bench/window.ts compares our return page with: says that it is there, and goes where it is told. Checks nothing.
const query = new URLSearchParams(location.search);
const channel = new BroadcastChannel('arkane-logout');
channel.onmessage = ({ data: { next } }: MessageEvent<{ next: string }>) => {
  if (next === 'close') close();
  else location.replace(next);
};
channel.postMessage({ state: query.get('state'), answer: query.has('error') ? 'ended' : 'returned' });

export {};
