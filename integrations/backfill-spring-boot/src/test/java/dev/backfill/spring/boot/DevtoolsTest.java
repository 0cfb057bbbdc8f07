package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.boot.devtools.restart.classloader.RestartClassLoader;

/**
 * Under devtools, the application's classes are of another class loader than the jars. Each restart
 * has a new one.
 */
class DevtoolsTest {

  @Test
  void theApplicationStartsAgainInANewClassLoader() throws Exception {
    String database = TestApplication.database();
    for (int restart = 0; restart < 2; restart++) {
      assertThat(startedIn(newLoader(), database)).isEqualTo("started by RestartClassLoader");
    }
  }

  private static ClassLoader newLoader() {
    URL classes = DevtoolsApplication.class.getProtectionDomain().getCodeSource().getLocation();
    return new RestartClassLoader(DevtoolsTest.class.getClassLoader(), new URL[] {classes});
  }

  /** Starts and stops the application as devtools does: on a thread with that class loader. */
  private static Object startedIn(ClassLoader loader, String database) throws Exception {
    AtomicReference<Object> result = new AtomicReference<>();
    CountDownLatch done = new CountDownLatch(1);
    Thread restarted =
        new Thread(
            () -> {
              try {
                result.set(
                    loader
                        .loadClass("dev.backfill.spring.boot.DevtoolsApplication")
                        .getMethod("startAndStop", String.class)
                        .invoke(null, database));
              } catch (ReflectiveOperationException e) {
                result.set(e.getCause() == null ? e : e.getCause());
              } finally {
                done.countDown();
              }
            });
    restarted.setContextClassLoader(loader);
    restarted.start();
    done.await();
    return result.get();
  }
}
