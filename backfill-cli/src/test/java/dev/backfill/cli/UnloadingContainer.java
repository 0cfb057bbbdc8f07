package dev.backfill.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.source.Cursor;
import dev.backfill.core.BackfillEngine;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.Eventually;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.h2.jdbcx.JdbcConnectionPool;

/** Loads a host with a class loader of its own, runs it, and unloads it, as a container does. */
final class UnloadingContainer {

  private UnloadingContainer() {}

  public static void main(String[] args) throws Exception {
    WeakReference<ClassLoader> loader = run(args[0]);
    try {
      // Nothing tells when the JVM's own threads have ended.
      Eventually.until(
          "the loader was collected",
          () -> {
            System.gc();
            return loader.get() == null;
          });
      System.out.println("the loader was collected");
    } catch (AssertionError e) {
      System.out.println("threads: " + threads(loader.get()));
    }
  }

  private static WeakReference<ClassLoader> run(String apiUrl) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    URLClassLoader loader =
        new URLClassLoader("host", classPath(), ClassLoader.getPlatformClassLoader());
    thread.setContextClassLoader(loader);
    try (loader) {
      @SuppressWarnings("unchecked")
      UnaryOperator<String> host =
          (UnaryOperator<String>)
              loader
                  .loadClass(UnloadableHost.class.getName())
                  .getDeclaredConstructor()
                  .newInstance();
      String result = host.apply(apiUrl);
      if (host instanceof UnloadableHost || !result.endsWith("true")) {
        throw new AssertionError(result);
      }
    } finally {
      thread.setContextClassLoader(before);
    }
    return new WeakReference<>(loader);
  }

  private static String threads(ClassLoader loader) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(each -> each.getName() + (each.getContextClassLoader() == loader ? " (host's)" : ""))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private static URL[] classPath() throws ClassNotFoundException {
    List<URL> urls = new ArrayList<>();
    for (Class<?> type :
        List.of(
            UnloadableHost.class,
            Cursor.class,
            BackfillEngine.class,
            GitHub.class,
            JdbcStore.class,
            JdbcConnectionPool.class,
            JsonNode.class,
            Class.forName("org.slf4j.Logger"),
            Class.forName("com.fasterxml.jackson.core.JsonFactory"),
            Class.forName("com.fasterxml.jackson.annotation.JsonProperty"))) {
      urls.add(type.getProtectionDomain().getCodeSource().getLocation());
    }
    return urls.toArray(URL[]::new);
  }
}
