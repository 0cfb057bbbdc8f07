package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.SQLiteDataSource;

/** The default database belongs to its user: no other user of the machine can open it. */
@Timeout(120)
class PrivateDatabaseIT {

  private static final String[] WRITE = {"actions", "disable", "--reason", "test"};
  private static final String URL = "jdbc:h2:file:%s;AUTO_SERVER=TRUE";

  @TempDir Path folder;

  private Path directory;

  @BeforeEach
  void needsPosix() {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    directory = folder.resolve("backfill-data");
  }

  @Test
  void theDefaultDatabaseIsPrivateWhateverTheUmask() throws IOException {
    assertDone(CliProcess.in(folder).umask("000").run(WRITE));
    assertThat(permissions(directory)).isEqualTo("rwx------");
    assertThat(files())
        .containsOnly(
            entry("backfill.mv.db", "rw-------"), entry("backfill.password", "rw-------"));
    try (CliProcess watch = CliProcess.in(folder).umask("000").start("status", "--watch")) {
      watch.awaitThat("it looks", () -> !watch.out().isEmpty());
      assertThat(files()).containsEntry("backfill.lock.db", "rw-------");
      assertThat(files().values()).containsOnly("rw-------");
    }
  }

  @Test
  void theDefaultDatabaseHasAPasswordThatOnlyItsUserSees() {
    assertDone(CliProcess.in(folder).run(WRITE));
    assertThatThrownBy(() -> connect("").close()).hasMessageContaining("Wrong user name");
    CliProcess status = CliProcess.in(folder).run("status", "--connection");
    assertDone(status);
    String url = found(status, "url +(\\S+)");
    String password = found(status, "password +(\\S+)");
    assertThat(url).isEqualTo(URL.formatted(real(directory).resolve("backfill")));
    assertThat(password).hasSizeGreaterThanOrEqualTo(32);
    assertOpens(url, password);
    assertThat(CliProcess.in(folder).run("status").toString()).doesNotContain(password);
  }

  @Test
  void theDefaultDatabaseListensOnLoopbackOnly() throws Exception {
    assertDone(CliProcess.in(folder).run(WRITE));
    List<InetSocketAddress> others = new ArrayList<>();
    try (CliProcess watch = CliProcess.in(folder).start("status", "--watch")) {
      watch.awaitThat("it looks", () -> !watch.out().isEmpty());
      String lock = Files.readString(directory.resolve("backfill.lock.db"));
      Matcher server = Pattern.compile("server=([^:\\\\]+)\\\\?:(\\d+)").matcher(lock);
      assertThat(server.find()).as(lock).isTrue();
      int port = Integer.parseInt(server.group(2));
      assertThat(answers(new InetSocketAddress("127.0.0.1", port))).isTrue();
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress())
          .forEach(address -> others.add(new InetSocketAddress(address, port)));
      assertThat(others).allSatisfy(address -> assertThat(answers(address)).isFalse());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwxrwx", "rwxr-xrwx", "rwxrwx---"})
  void aDirectoryThatOthersCanWriteIsRefused(String permissions) throws IOException {
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(permissions));
    assumeTrue(Files.getOwner(directory).getName().equals("root"), "root has no private group");
    for (String command : List.of("actions disable --reason test", "status")) {
      CliProcess run = CliProcess.in(folder).run(command.split(" "));
      assertThat(run.exitCode()).as(run.toString()).isEqualTo(2);
      assertThat(run.err()).contains("./backfill-data", "can write", "chmod 700");
    }
    assertThat(directory).isEmptyDirectory();
    assertThat(permissions(directory)).isEqualTo(permissions);
  }

  @Test
  void aDirectoryOfAnotherUserIsRefused() throws IOException {
    Files.createDirectory(directory);
    assumeTrue(Files.getOwner(directory).getName().equals("root"), "only root can give it away");
    Files.setOwner(
        directory,
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
    CliProcess run = CliProcess.in(folder).run(WRITE);
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(2);
    assertThat(run.err()).contains("./backfill-data", "belongs to", "nobody");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aDatabaseOfAnOlderReleaseIsMadePrivate() throws Exception {
    Files.createDirectory(directory);
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE mine AS SELECT 7 AS number");
    }
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.setPosixFilePermissions(
        directory.resolve("backfill.mv.db"), PosixFilePermissions.fromString("rw-r--r--"));

    CliProcess run = CliProcess.in(folder).run(WRITE);
    assertDone(run);

    assertThat(permissions(directory)).isEqualTo("rwx------");
    assertThat(files().values()).containsOnly("rw-------");
    assertThatThrownBy(() -> connect("").close()).hasMessageContaining("Wrong user name");
    try (Connection connection =
            connect(Files.readString(directory.resolve("backfill.password")).strip());
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeQuery("SELECT number FROM mine").next()).isTrue();
    }
  }

  @Test
  void aNewFileOfAnotherAddressIsPrivateToo() throws IOException, URISyntaxException {
    Path sqlite =
        Path.of(SQLiteDataSource.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    for (String url : List.of("jdbc:sqlite:own.db?journal_mode=WAL", "jdbc:h2:./own")) {
      assertDone(
          CliProcess.in(folder)
              .umask("000")
              .classPath(sqlite)
              .run("actions", "disable", "--reason", "test", "--jdbc-url", url));
    }
    assertThat(permissions(folder.resolve("own.db"))).isEqualTo("rw-------");
    assertThat(permissions(folder.resolve("own.mv.db"))).isEqualTo("rw-------");
  }

  private Connection connect(String password) throws SQLException {
    return DriverManager.getConnection(URL.formatted(directory.resolve("backfill")), "", password);
  }

  private static void assertOpens(String url, String password) {
    try (Connection connection = DriverManager.getConnection(url, "", password)) {
      assertThat(connection.isValid(5)).isTrue();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void assertDone(CliProcess run) {
    assertThat(run.exitCode()).as(run.toString()).isZero();
  }

  private static String found(CliProcess run, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(run.out());
    assertThat(matcher.find()).as(run.toString()).isTrue();
    return matcher.group(1);
  }

  private static boolean answers(InetSocketAddress address) {
    try (Socket socket = new Socket()) {
      socket.connect(address, 2_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(directory)) {
      all.forEach(file -> files.put(file.getFileName().toString(), permissions(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  private static String permissions(Path file) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
