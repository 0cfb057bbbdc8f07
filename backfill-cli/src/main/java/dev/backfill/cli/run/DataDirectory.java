package dev.backfill.cli.run;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The directory of the default database. Any user who can open the database can run code as its
 * owner. So only the owner can read the directory, and the database has a random password in it.
 *
 * @param directory its path, as shown to the user
 */
public record DataDirectory(Path directory) {

  /** The directory that is used unless the settings name a database. */
  static final DataDirectory DEFAULT = new DataDirectory(Path.of(".", "backfill-data"));

  private static final String NAME = "backfill";
  private static final String SHARED = ";AUTO_SERVER=TRUE";
  private static final int WRONG_PASSWORD = 28000;
  private static final int PASSWORD_BYTES = 24;

  /** Returns the address that the command line opens. */
  public String url() {
    return "jdbc:h2:file:" + database(directory) + SHARED + ";WRITE_DELAY=0;TRACE_LEVEL_FILE=0";
  }

  /** Returns the address for other clients of the same user, in any working directory. */
  String sharedUrl() {
    return "jdbc:h2:file:" + database(directory.toAbsolutePath().normalize()) + SHARED;
  }

  private static String database(Path directory) {
    return directory.resolve(NAME).toString().replace('\\', '/');
  }

  /** Returns true if there is a database. Makes its directory private. */
  boolean exists() {
    if (Files.isDirectory(directory)) {
      protect();
    }
    return Files.exists(file());
  }

  /** Creates the directory and an empty database, both private, if they are missing. */
  public void create() {
    attempt(
        () -> {
          PrivateFiles.createDirectories(directory);
          protect();
          if (Files.notExists(file())) {
            createPassword();
            PrivateFiles.createFile(file());
          }
        });
  }

  /**
   * Makes the directory and its files private.
   *
   * @throws InvalidConfigurationException if other users can write to the directory: they may have
   *     put a database of their own there, which would run their code
   */
  void protect() {
    attempt(
        () -> {
          if (PrivateFiles.supported()) {
            refuseOthers();
            PrivateFiles.restrictDirectory(directory);
          }
          protectFiles();
        });
  }

  /** Makes the files that H2 has created private. */
  void protectFiles() {
    attempt(
        () -> {
          try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
              if (file.getFileName().toString().startsWith(NAME + ".")) {
                restrict(file);
              }
            }
          }
        });
  }

  /** Restricts a file; the lock file vanishes if the process that serves the database ends. */
  private static void restrict(Path file) throws IOException {
    try {
      PrivateFiles.restrictFile(file);
    } catch (NoSuchFileException e) {
      // Nothing is left to protect.
    }
  }

  private void refuseOthers() throws IOException {
    PosixFileAttributes attributes = Files.readAttributes(directory, PosixFileAttributes.class);
    Set<PosixFilePermission> permissions = attributes.permissions();
    String owner = attributes.owner().getName();
    // The usual umask of a user with a group of the same name, in which no other user is.
    boolean ownGroup = !owner.equals("root") && owner.equals(attributes.group().getName());
    if (permissions.contains(PosixFilePermission.OTHERS_WRITE)
        || permissions.contains(PosixFilePermission.GROUP_WRITE) && !ownGroup) {
      throw new InvalidConfigurationException(
          "Other users can write to the directory %s, so a database in it could run their code as you. Nothing was opened. Check its files, then: chmod 700 %s"
              .formatted(shown(), shown()));
    }
    Path probe = probe();
    try {
      if (!Files.getOwner(probe).equals(attributes.owner())) {
        throw new InvalidConfigurationException(
            "The directory %s belongs to the user %s, whose database could run code as you. Nothing was opened. Run the command as %s, or name another database: BACKFILL_JDBC_URL."
                .formatted(shown(), owner, owner));
      }
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  /** Creates a file, whose owner is the user of this process; a JVM in a container has no name. */
  private Path probe() throws IOException {
    return PrivateFiles.createTemporary(directory, NAME + "-user");
  }

  /**
   * Connects with the database's password. A database of an older release, which has none, gets one
   * first. Several processes may do that at once, since they all set the one in the file.
   *
   * @param user the database user
   * @param connect connects with a password
   */
  public <T> T connect(String user, Connector<T> connect) {
    String password = password().orElseGet(() -> adopt(user));
    try {
      return connect.with(password);
    } catch (WrongPassword e) {
      setPassword(user, password);
      return connectAgain(connect, password);
    } finally {
      protectFiles();
    }
  }

  private <T> T connectAgain(Connector<T> connect, String password) {
    try {
      return connect.with(password);
    } catch (WrongPassword e) {
      throw new InvalidConfigurationException(
          "The file %s does not contain the password of the database. Nothing was opened. Put the right file back, or set BACKFILL_JDBC_PASSWORD."
              .formatted(passwordFile()),
          e);
    }
  }

  /** A connection attempt with a password. */
  public interface Connector<T> {
    /**
     * Returns the connection.
     *
     * @throws WrongPassword if the database refuses the password
     */
    T with(String password);
  }

  /** The database refuses the password. */
  public static final class WrongPassword extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WrongPassword(Throwable cause) {
      super(cause);
    }

    public static boolean isCauseOf(@Nullable SQLException e) {
      return e != null && e.getErrorCode() == WRONG_PASSWORD;
    }
  }

  /** Sets a password for a database without a password file: an older one, or the file was lost. */
  private String adopt(String user) {
    try (Connection connection = open(user)) {
      String password = createPassword();
      setPassword(connection, password);
      return password;
    } catch (SQLException e) {
      if (!WrongPassword.isCauseOf(e)) {
        return createPassword();
      }
      return password()
          .orElseThrow(
              () ->
                  new InvalidConfigurationException(
                      "The file %s with the password of the database is missing. Nothing was opened. Put the file back, or set BACKFILL_JDBC_PASSWORD."
                          .formatted(passwordFile()),
                      e));
    }
  }

  private void setPassword(String user, String password) {
    try (Connection connection = open(user)) {
      setPassword(connection, password);
    } catch (SQLException e) {
      // Another process has set it meanwhile, or the next attempt finds the same problem again.
    }
  }

  /** Sets a password of {@link #createPassword()}, whose characters need no quoting. */
  private static void setPassword(Connection connection, String password) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET PASSWORD '" + password + "'");
    }
  }

  private Connection open(String user) throws SQLException {
    return DriverManager.getConnection(url(), user, "");
  }

  /** Returns the database's password; empty for a database of an older release. */
  public Optional<String> password() {
    return attempt(
        () ->
            Files.exists(passwordFile())
                ? Optional.of(Files.readString(passwordFile()).strip())
                : Optional.empty());
  }

  /** Creates the password file atomically; the one of a faster process stays. */
  private String createPassword() {
    return attempt(
        () -> {
          byte[] random = new byte[PASSWORD_BYTES];
          new SecureRandom().nextBytes(random);
          String password = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
          Path complete = PrivateFiles.createTemporary(directory, NAME + "-password");
          try {
            Files.writeString(complete, password + "\n");
            publish(complete);
          } finally {
            Files.deleteIfExists(complete);
          }
          return password().orElse(password);
        });
  }

  /** Publishes the file by a link, which, unlike a move, never replaces another process's file. */
  private void publish(Path complete) throws IOException {
    try {
      Files.createLink(passwordFile(), complete);
    } catch (FileAlreadyExistsException e) {
      // The other process's password is used.
    } catch (IOException | UnsupportedOperationException e) {
      // Some file systems have no links.
      Files.move(complete, passwordFile());
    }
  }

  public Path passwordFile() {
    return directory.resolve(NAME + ".password");
  }

  private Path file() {
    return directory.resolve(NAME + ".mv.db");
  }

  private String shown() {
    return "./" + directory.normalize();
  }

  private void attempt(FileWork work) {
    attempt(
        () -> {
          work.run();
          return Optional.empty();
        });
  }

  private <T> T attempt(FileRead<T> read) {
    try {
      return read.get();
    } catch (IOException e) {
      throw new InvalidConfigurationException(
          "The directory %s cannot be made private (%s: %s). Nothing was opened. Give this user a directory of its own, or name another database: BACKFILL_JDBC_URL."
              .formatted(directory, e.getClass().getSimpleName(), e.getMessage()),
          e);
    }
  }

  private interface FileWork {
    void run() throws IOException;
  }

  private interface FileRead<T> {
    T get() throws IOException;
  }
}
