package dev.backfill.benchmarks.endtoend;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What the list costs at least: the JDK's client, one page after the other along the links, a
 * streaming parser that keeps the same fields. It stores nothing, resumes nothing and minds no
 * limit.
 */
final class BareClientRun {

  private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");

  private BareClientRun() {}

  static int run(Errand errand, boolean gzip) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    int items = 0;
    URI page =
        errand
            .gitHub()
            .resolve(
                "/repos/"
                    + errand.repository()
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
        items += StreamedPullRequest.read(body).size();
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
