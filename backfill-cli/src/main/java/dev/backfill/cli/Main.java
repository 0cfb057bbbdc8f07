package dev.backfill.cli;

import dev.backfill.cli.command.BackfillCommand;

/** The entry point of {@code java -jar backfill.jar}. */
public final class Main {

  private Main() {}

  /**
   * Runs a command and ends the process with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    // Other processes of this machine can share an open H2 file, other machines cannot. H2 reads
    // the property when its first class is loaded.
    if (System.getProperty("h2.bindAddress") == null) {
      System.setProperty("h2.bindAddress", "127.0.0.1");
    }
    int exitCode = BackfillCommand.commandLine(args).execute(args);
    System.out.flush();
    System.err.flush();
    System.exit(exitCode);
  }
}
