package dev.backfill.mutation;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads a module's classes and resources itself, and leaves everything else to its parent. */
final class ChildFirst extends URLClassLoader {

  private final String own;

  ChildFirst(String module, List<URL> urls, ClassLoader parent) {
    super(urls.toArray(URL[]::new), parent);
    this.own = module + ".";
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      if (!name.startsWith(own)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : findClass(name);
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL found = findResource(name);
    return found != null ? found : super.getResource(name);
  }
}
