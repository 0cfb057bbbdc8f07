package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.cli.run.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  private static final int AT_ONCE = 8;

  @TempDir Path folder;

  private DataDirectory directory;

  @BeforeEach
  void describe() {
    directory = new DataDirectory(folder.resolve("backfill-data"));
  }

  @Test
  void ofEightThatCreateADatabaseAllGetOnePassword() throws Exception {
    assertThat(passwordsOfEight()).hasSize(1).allMatch(password -> password.length() == 32);
  }

  @Test
  void ofEightThatUpgradeADatabaseAllGetOnePassword() throws Exception {
    Files.createDirectory(directory.directory());
    DriverManager.getConnection(directory.url(), "", "").close();
    assertThat(passwordsOfEight()).hasSize(1);
    assertThatThrownBy(() -> DriverManager.getConnection(directory.url(), "", "").close())
        .isInstanceOf(SQLException.class);
  }

  @Test
  void anUpgradeThatWasCutShortIsFinished() throws Exception {
    directory.create();
    String password = directory.password().orElseThrow();
    DriverManager.getConnection(directory.url(), "", "").close();
    assertThat(connect()).isEqualTo(password);
    assertThat(connect()).isEqualTo(password);
  }

  @Test
  void aLostPasswordFileIsNamed() throws Exception {
    directory.create();
    connect();
    Files.delete(directory.passwordFile());
    assertThatThrownBy(this::connect)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContainingAll("backfill.password", "is missing", "BACKFILL_JDBC_PASSWORD");
    assertThat(directory.passwordFile()).doesNotExist();
  }

  @Test
  void aPasswordFileOfAnotherDatabaseIsNamed() throws Exception {
    directory.create();
    connect();
    Files.writeString(directory.passwordFile(), "another\n");
    assertThatThrownBy(this::connect)
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContainingAll("backfill.password", "does not contain the password")
        .hasMessageNotContaining("another");
  }

  private Set<String> passwordsOfEight() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE);
    CountDownLatch start = new CountDownLatch(1);
    List<Future<String>> opened = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      opened.add(
          executor.submit(
              () -> {
                start.await();
                directory.create();
                return connect();
              }));
    }
    start.countDown();
    Set<String> passwords = new TreeSet<>();
    for (Future<String> each : opened) {
      passwords.add(each.get());
    }
    executor.shutdown();
    return passwords;
  }

  private String connect() {
    return directory.connect(
        "",
        password -> {
          try (Connection connection = DriverManager.getConnection(directory.url(), "", password)) {
            assertThat(connection.isValid(5)).isTrue();
            return password;
          } catch (SQLException e) {
            if (DataDirectory.WrongPassword.isCauseOf(e)) {
              throw new DataDirectory.WrongPassword(e);
            }
            throw new AssertionError(e);
          }
        });
  }
}
