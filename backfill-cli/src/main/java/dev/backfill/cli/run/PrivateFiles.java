package dev.backfill.cli.run;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Creation of files and directories that only their owner can use, with any umask of the process.
 * Without POSIX permissions, as on Windows, the rights of the parent directory apply.
 */
final class PrivateFiles {

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private PrivateFiles() {}

  /** Returns true if files have POSIX permissions here. */
  static boolean supported() {
    return POSIX;
  }

  /** Creates an empty file if it is missing. */
  static void createFile(Path file) throws IOException {
    try {
      Files.createFile(file, attributes(FILE));
    } catch (FileAlreadyExistsException e) {
      // Another process was faster, or the file is older.
    }
  }

  /** Creates a directory and its parents if they are missing. */
  static void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory, attributes(DIRECTORY));
  }

  /** Creates an empty file with a unique name. */
  static Path createTemporary(Path directory, String prefix) throws IOException {
    return Files.createTempFile(directory, prefix, ".tmp", attributes(FILE));
  }

  /** Removes all rights of other users to a file. */
  static void restrictFile(Path file) throws IOException {
    restrict(file, FILE);
  }

  /** Removes all rights of other users to a directory. */
  static void restrictDirectory(Path directory) throws IOException {
    restrict(directory, DIRECTORY);
  }

  private static void restrict(Path path, Set<PosixFilePermission> permissions) throws IOException {
    if (POSIX && !Files.getPosixFilePermissions(path).equals(permissions)) {
      Files.setPosixFilePermissions(path, permissions);
    }
  }

  private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
    return POSIX
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }
}
