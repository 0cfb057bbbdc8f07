// Shows the backfills of a Supabase project as they move: reads them once, then follows Realtime.
// The publishable key and a signed-in user are enough; never use the service role key in a browser.
import { createClient } from 'https://esm.sh/@supabase/supabase-js@2';

const form = document.querySelector('#sign-in');
const message = document.querySelector('#message');
const table = document.querySelector('#backfills');
const rows = new Map();

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const { url, key, email, password } = Object.fromEntries(new FormData(form));
  const supabase = createClient(url, key);
  const { error } = await supabase.auth.signInWithPassword({ email, password });
  if (error) {
    message.textContent = `Signing in failed: ${error.message}`;
    return;
  }
  follow(supabase);
  await read(supabase);
});

// Subscribed before the first read: an event between the two is then shown, and never lost.
function follow(supabase) {
  supabase
    .channel('backfill')
    .on(
      'postgres_changes',
      { event: '*', schema: 'public', table: 'backfill_progress' },
      ({ new: row }) => show(row),
    )
    .subscribe((state) => {
      message.textContent = state === 'SUBSCRIBED' ? 'Live' : `Realtime: ${state}`;
    });
}

async function read(supabase) {
  const { data, error } = await supabase
    .from('backfill_progress')
    .select('id, source, target, status, processed_items, total_items, updated_at')
    .order('target')
    .limit(1000);
  if (error) {
    message.textContent = `Reading failed: ${error.message}`;
    return;
  }
  data.forEach(show);
  form.hidden = true;
  table.hidden = false;
}

function show(backfill) {
  const known = rows.get(backfill.id);
  const updatedAt = Date.parse(backfill.updated_at);
  if (!backfill.id || (known && known.updatedAt > updatedAt)) {
    return;
  }
  const row = known ? known.row : table.tBodies[0].insertRow();
  rows.set(backfill.id, { row, updatedAt });
  row.replaceChildren(
    cell(backfill.target),
    cell(backfill.source.replace('github:', '')),
    cell(backfill.status),
    cell(done(backfill), 'number'),
    bar(backfill),
  );
}

function done({ processed_items: items, total_items: total }) {
  const numbers = new Intl.NumberFormat();
  return total ? `${numbers.format(items)} of ${numbers.format(total)}` : numbers.format(items);
}

function cell(text, className = '') {
  const created = document.createElement('td');
  created.textContent = text;
  created.className = className;
  return created;
}

function bar({ target, processed_items: items, total_items: total }) {
  const created = document.createElement('td');
  if (total) {
    const progress = document.createElement('progress');
    progress.max = total;
    progress.value = Math.min(items, total);
    progress.setAttribute('aria-label', `Progress of ${target}`);
    created.append(progress);
  }
  return created;
}
