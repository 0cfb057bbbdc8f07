package dev.backfill.micrometer;

import dev.backfill.api.store.BackfillKey;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;

/**
 * The tags of a backfill's meters, which have a bounded number of values.
 *
 * @param repository true if the repository is a tag, too
 */
record MeterTags(boolean repository) {

  static final String STREAM = "stream";
  static final String REPOSITORY = "repository";

  /** Returns the tags of a backfill. */
  Tags of(BackfillKey key) {
    Tags tags = Tags.of(STREAM, key.source());
    return repository ? tags.and(REPOSITORY, key.target()) : tags;
  }

  /** Returns the value of a tag for a constant, such as {@code catch_up}. */
  static String value(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
