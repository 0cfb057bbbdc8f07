package dev.backfill.cli.world;

import dev.backfill.github.GitHubTransport;
import java.util.List;
import java.util.Random;

/**
 * What a world is like, by its seed.
 *
 * @param pullRequests how many there are at first
 * @param comments how many comments or reviews a pull request has
 * @param streams bits: pull requests, comments on lines, comments in conversations
 * @param extras bits: details, reviews
 * @param transport how pull requests are read
 * @param token whether the clients have one
 * @param owners whose the tokens are: as many users
 * @param processes how many clients and engines there are
 * @param chunk how many items a chunk has; 0 for the policy to decide
 * @param restPage items on a page of a REST list
 * @param queryPage pull requests on a page of a query
 * @param pagesAhead pages that are fetched ahead
 * @param latency milliseconds that an answer takes at most
 * @param quota requests of a principal in twenty minutes; 0 for many
 * @param caps pages behind which GitHub ends the list of pull requests, of comments on lines, of
 *     comments in conversations; 0 for nowhere
 * @param changes of a thousand requests, how many something changes beside
 * @param wrong of a thousand requests, how many are answered wrongly
 * @param limits of a thousand requests, how many meet a limit
 * @param queries the status that all queries are answered with; 0 for none; -1 for nodes that are
 *     forbidden, -2 for nodes that are broken
 * @param forGood whether queries stay so to the end
 * @param switches whether features are switched off and on
 * @param compressed whether answers are
 * @param steps how many things happen before the world comes to rest
 */
record WorldSettings(
    int pullRequests,
    double comments,
    int streams,
    int extras,
    GitHubTransport transport,
    boolean token,
    int owners,
    int processes,
    int chunk,
    int restPage,
    int queryPage,
    int pagesAhead,
    int latency,
    int quota,
    List<Integer> caps,
    int changes,
    int wrong,
    int limits,
    int queries,
    boolean forGood,
    boolean switches,
    boolean compressed,
    int steps) {

  private static final int[] QUERY_REFUSALS = {200, 404, 401, 502, -1, -2};

  static WorldSettings of(Random random) {
    boolean token = random.nextInt(8) != 0;
    GitHubTransport[] transports = GitHubTransport.values();
    GitHubTransport transport =
        token ? transports[random.nextInt(transports.length)] : GitHubTransport.AUTO;
    boolean refusing = token && random.nextInt(4) == 0;
    return new WorldSettings(
        random.nextInt(6) == 0 ? random.nextInt(3) : 1 + random.nextInt(40),
        random.nextInt(4) / 2.0,
        1 + random.nextInt(7),
        random.nextInt(4),
        transport,
        token,
        1 + random.nextInt(4) / 3,
        1 + random.nextInt(3),
        random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(30),
        10 + random.nextInt(4),
        1 + random.nextInt(6),
        1 + random.nextInt(3) / 2,
        random.nextInt(1_500),
        random.nextInt(6) == 0 ? 30 + random.nextInt(60) : 0,
        List.of(cap(random), cap(random), cap(random)),
        random.nextInt(3) == 0 ? 0 : random.nextInt(250),
        random.nextInt(2) == 0 ? 0 : random.nextInt(80),
        random.nextInt(2) == 0 ? 0 : random.nextInt(40),
        refusing ? QUERY_REFUSALS[random.nextInt(QUERY_REFUSALS.length)] : 0,
        refusing && transport != GitHubTransport.GRAPHQL && random.nextBoolean(),
        random.nextInt(4) == 0,
        random.nextInt(8) == 0,
        6 + random.nextInt(14));
  }

  private static int cap(Random random) {
    return random.nextInt(5) == 0 ? 2 + random.nextInt(3) : 0;
  }
}
