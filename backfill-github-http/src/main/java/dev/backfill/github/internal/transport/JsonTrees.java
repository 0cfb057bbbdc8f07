package dev.backfill.github.internal.transport;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.github.internal.json.JsonFactories;

/**
 * Parses small responses as trees. A class of its own, since its dependencies take longer to load
 * than all the rest, and lists are read without it.
 */
public final class JsonTrees {

  public static final ObjectMapper JSON = new ObjectMapper(JsonFactories.create());

  private JsonTrees() {}
}
