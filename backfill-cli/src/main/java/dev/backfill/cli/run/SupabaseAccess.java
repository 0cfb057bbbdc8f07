package dev.backfill.cli.run;

import dev.backfill.core.config.BackfillSettings;
import dev.backfill.supabase.SupabaseStore;
import java.util.Objects;
import java.util.Optional;

/** A Supabase project over its REST API. Its tables come from the project's own migration. */
final class SupabaseAccess implements StoreAccess {

  private final String url;
  private final BackfillSettings.Secret key;

  SupabaseAccess(BackfillSettings.Database database) {
    this.url = Objects.requireNonNull(database.supabaseUrl().value());
    this.key = Objects.requireNonNull(database.supabaseKey().value());
  }

  @Override
  public OpenStore open(int connections) {
    SupabaseStore store = SupabaseStore.open(url, key.reveal());
    return new OpenStore(store, store::close);
  }

  @Override
  public Optional<OpenStore> openExisting() {
    return Optional.of(open(1));
  }

  @Override
  public String shown() {
    return url;
  }

  @Override
  public String connection() {
    return "url       %s%nkey       (from the settings)%n".formatted(url);
  }
}
