package dev.backfill.github;

import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;

/** Reads a first chunk with the default client, for a JVM with an environment of its own. */
final class ProxiedReader {

  private ProxiedReader() {}

  public static void main(String[] args) throws InterruptedException {
    try (GitHub client =
            GitHub.builder().apiUrl(URI.create(args[0])).caFile(Path.of(args[1])).build();
        SourceSession<?> session =
            client.pullRequests(Set.of(), GitHubTransport.REST).open("o/r", Cursor.START)) {
      System.out.println(session.next(10, 0).items().size() + " items");
    }
  }
}
