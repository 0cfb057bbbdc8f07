package dev.backfill.github.internal.http;

import dev.backfill.api.time.TimeSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Puts together what asks GitHub, and ends it. */
public final class GitHubConnection implements AutoCloseable {

  private final Credentials credentials;
  private final Transport transport;
  private final GitHubApi api;

  private GitHubConnection(Credentials credentials, Transport transport, GitHubApi api) {
    this.credentials = credentials;
    this.transport = transport;
    this.api = api;
  }

  public static GitHubConnection open(
      ApiAddress address,
      Credentials credentials,
      Deadlines deadlines,
      Executor executor,
      TimeSource time,
      RandomGenerator random) {
    Transport transport =
        new Transport(address, credentials, deadlines, executor, Transport.MAX_BODY_BYTES);
    Map<ApiResource, RateGate> gates = new EnumMap<>(ApiResource.class);
    for (ApiResource resource : ApiResource.values()) {
      gates.put(resource, new RateGate(time, random));
    }
    return new GitHubConnection(
        credentials, transport, new GitHubApi(address, credentials, transport, gates, time));
  }

  public GitHubApi api() {
    return api;
  }

  @Override
  public void close() {
    transport.close();
  }

  @Override
  public String toString() {
    return api.address() + ", " + credentials;
  }
}
