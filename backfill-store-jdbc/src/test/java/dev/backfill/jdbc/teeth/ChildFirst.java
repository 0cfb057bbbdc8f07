package dev.backfill.jdbc.teeth;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads this module's classes and resources itself, and leaves everything else to its parent. */
final class ChildFirst extends URLClassLoader {

  private static final String OWN = "dev.backfill.jdbc.";

  ChildFirst(List<URL> urls, ClassLoader parent) {
    super(urls.toArray(URL[]::new), parent);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      if (!name.startsWith(OWN)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL own = findResource(name);
    return own != null ? own : super.getResource(name);
  }
}
