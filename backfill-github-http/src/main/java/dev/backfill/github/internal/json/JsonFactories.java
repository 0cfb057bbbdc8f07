package dev.backfill.github.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;

/** Factories of parsers that leave nothing behind in the host's threads. */
public final class JsonFactories {

  private JsonFactories() {}

  /** Returns a factory with its own pool of buffers; Jackson's default is a ThreadLocal. */
  public static JsonFactory create() {
    return JsonFactory.builder().recyclerPool(JsonRecyclerPools.newConcurrentDequePool()).build();
  }
}
