/** The core's own entries that speak of a client. */
export const markersOf = (clientId: string) =>
  Object.entries(sessionStorage).filter(([name]) => name.startsWith('arkane-logout:') && name.includes(clientId));

/** Restored after each test. */
const restore: (() => void)[] = [];
afterEach(() => {
  for (const undo of restore.splice(0)) undo();
});

/** One storage method throws, as a full or broken storage does; `for` says for which storage and entry. */
export const breakStorage = (
  method: 'getItem' | 'setItem' | 'removeItem',
  isBroken: (storage: Storage, name: string) => boolean = () => true,
): (() => void) => {
  const descriptor = Object.getOwnPropertyDescriptor(Storage.prototype, method)!;
  const original = descriptor.value as (this: Storage, ...values: string[]) => unknown;
  Object.defineProperty(Storage.prototype, method, {
    ...descriptor,
    value(this: Storage, ...values: string[]) {
      if (isBroken(this, values[0]!)) throw new DOMException('broken', 'SecurityError');
      return original.apply(this, values);
    },
  });
  const mend = () => {
    Object.defineProperty(Storage.prototype, method, descriptor);
  };
  restore.push(mend);
  return mend;
};

/** The mere mention of web storage throws, as it does where cookies are blocked. */
export const blockStorage = (...names: ('sessionStorage' | 'localStorage')[]): (() => void) => {
  const blocked = names.map((name) => globalThis[name]);
  // WebKit may go on giving code that has run often the storage itself, so that has to throw as well.
  const undo = (['getItem', 'setItem', 'removeItem'] as const).map((method) =>
    breakStorage(method, (storage) => blocked.includes(storage)),
  );
  for (const name of names) {
    const original = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get() {
        throw new DOMException('blocked', 'SecurityError');
      },
    });
    undo.push(() => {
      if (original) Object.defineProperty(globalThis, name, original);
      else Reflect.deleteProperty(globalThis, name);
    });
  }
  const unblock = () => {
    for (const one of undo.splice(0)) one();
  };
  restore.push(unblock);
  return unblock;
};
