package dev.backfill.spring.boot;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.supabase.SupabaseStore;

/**
 * The connection to a Supabase project, closed after the store that customizers may have wrapped.
 *
 * @param store the store
 */
record SupabaseConnection(SupabaseStore store) implements AutoCloseable {

  static SupabaseConnection open(
      BackfillProperties.Tables tables, BackfillSettings.Database database) {
    String url = database.supabaseUrl().value();
    BackfillSettings.Secret key = database.supabaseKey().value();
    if (url == null || key == null) {
      throw new InvalidConfigurationException(
          "The address of a Supabase project is set without its key. Nothing was started. Set"
              + " backfill.supabase.service-role-key, "
              + BackfillSettings.SUPABASE_KEY
              + " or "
              + BackfillSettings.SUPABASE_SECRET_KEY
              + ".");
    }
    SupabaseStore.Builder builder = SupabaseStore.builder(url, key.reveal());
    String schema = tables.schema();
    if (schema != null) {
      builder.schema(schema);
    }
    if (!tables.prefix().isEmpty()) {
      builder.tablePrefix(tables.prefix());
    }
    return new SupabaseConnection(builder.open());
  }

  @Override
  public void close() {
    store.close();
  }
}
