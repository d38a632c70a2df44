// The switches: what they say is in the page's query, so that it outlives a reload and the trip to the provider.

/** Sets the switches as the query says. */
export const readQuery = (form: HTMLFormElement) => {
  const query = new URLSearchParams(location.search);
  for (const input of form.querySelectorAll('input')) if (query.has(input.name, input.value)) input.checked = true;
};

/** Writes into the query what is not as it is by default, and lets the rest of it stand. */
export const writeQuery = (form: HTMLFormElement) => {
  const url = new URL(location.href);
  for (const input of form.querySelectorAll('input')) {
    if (input.checked && !input.defaultChecked) url.searchParams.set(input.name, input.value);
    else url.searchParams.delete(input.name, input.value);
  }
  history.replaceState(history.state, '', url);
};
