package dev.backfill.github.internal.transport;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.github.internal.json.JsonFactories;

/**
 * Reads small answers as trees. In a class of its own, since what it needs takes longer to load
 * than all the rest, and a list is read without.
 */
public final class JsonTrees {

  public static final ObjectMapper JSON = new ObjectMapper(JsonFactories.create());

  private JsonTrees() {}
}
