package dev.backfill.benchmarks.endtoend;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.commit.HandWrittenUpserts;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The min cost of the list: the JDK's client reads one page after the other along the links, and a
 * streaming parser keeps the same fields. It cannot resume and obeys no limit. It stores nothing,
 * or stores each page in a commit with the hand-written JDBC.
 */
final class BareClientRun {

  private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");

  private BareClientRun() {}

  /** A consumer of pages. */
  @FunctionalInterface
  private interface Pages {

    void take(List<StreamedPullRequest> page, int itemsSoFar) throws SQLException;
  }

  static int run(ContestantTask task, boolean gzip)
      throws IOException, InterruptedException, SQLException {
    return run(task, gzip, (page, items) -> {});
  }

  static int runStoring(ContestantTask task)
      throws IOException, InterruptedException, SQLException {
    Repository repository = SimulatedRepository.of(task.repository(), 1).repository();
    try (Connection connection = DriverManager.getConnection(task.database())) {
      HandWrittenUpserts.install(connection);
      try (HandWrittenUpserts upserts =
          new HandWrittenUpserts(BenchmarkDatabase.Kind.POSTGRESQL, connection)) {
        return run(
            task,
            false,
            (page, items) -> {
              List<PullRequest> rows = new ArrayList<>(page.size());
              for (StreamedPullRequest item : page) {
                rows.add(item.in(repository));
              }
              upserts.write(rows, items);
            });
      }
    }
  }

  private static int run(ContestantTask task, boolean gzip, Pages pages)
      throws IOException, InterruptedException, SQLException {
    HttpClient client = HttpClient.newHttpClient();
    int items = 0;
    URI page =
        task.gitHub()
            .resolve(
                "/repos/"
                    + task.repository()
                    + "/pulls?state=all&sort=created&direction=asc&per_page=100");
    while (page != null) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(page)
              .header("Accept", "application/vnd.github+json")
              .header("Authorization", "Bearer " + ReplayingGitHub.TOKEN);
      if (gzip) {
        request.header("Accept-Encoding", "gzip");
      }
      HttpResponse<InputStream> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      boolean compressed =
          response.headers().firstValue("Content-Encoding").orElse("").equals("gzip");
      try (InputStream body =
          compressed ? new GZIPInputStream(response.body(), 8 * 1024) : response.body()) {
        List<StreamedPullRequest> read = StreamedPullRequest.read(body);
        items += read.size();
        pages.take(read, items);
      }
      page = next(response);
    }
    return items;
  }

  private static @Nullable URI next(HttpResponse<?> response) {
    Matcher link = NEXT.matcher(response.headers().firstValue("Link").orElse(""));
    return link.find() ? URI.create(link.group(1)) : null;
  }
}
