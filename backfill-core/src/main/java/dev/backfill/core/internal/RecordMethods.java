package dev.backfill.core.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The JVM's caches of the methods of records. Java 17 keeps in static fields the types for which it
 * last linked a record's {@code equals}, {@code hashCode} and {@code toString}. Through them it
 * keeps the class loader of a host that is otherwise unloaded.
 */
public final class RecordMethods {

  private static final Logger LOG = LoggerFactory.getLogger(RecordMethods.class);

  private RecordMethods() {}

  /** Replaces the cached types by one of the JVM's own. */
  public static void forgetTypes() {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    try {
      // Links a text as if it were a record: a record of ours would be cached in its turn.
      MethodHandle getter =
          lookup.findVirtual(String.class, "strip", MethodType.methodType(String.class));
      for (String method : List.of("equals", "hashCode", "toString")) {
        ObjectMethods.bootstrap(lookup, method, MethodHandle.class, String.class, "strip", getter);
      }
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      LOG.debug("This JVM links no methods like those of a record; no cache to clear.", e);
    }
  }
}
