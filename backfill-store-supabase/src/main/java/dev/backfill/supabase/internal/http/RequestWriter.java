package dev.backfill.supabase.internal.http;

import java.io.IOException;

/** The fields of a request. */
@FunctionalInterface
public interface RequestWriter {

  /** Writes the fields into the request's object, which is open before and after. */
  void write(JsonWriter json) throws IOException;
}
