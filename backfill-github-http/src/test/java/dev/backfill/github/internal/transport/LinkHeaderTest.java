package dev.backfill.github.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkHeaderTest {

  private static final URI FROM = URI.create("https://api.github.com/repos/o/r/pulls?page=2");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "<https://h/a?page=3>; rel=\"next\"                               | https://h/a?page=3",
        "<https://h/a?page=1>; rel=\"prev\", <https://h/a?page=3>; rel=\"next\" | https://h/a?page=3",
        "<https://h/a?q=1,2&page=3>; rel=next                             | https://h/a?q=1,2&page=3",
        "<https://h/a>; title=\"a, b; rel=prev\"; rel=\"next\"            | https://h/a",
        "<https://h/a>; rel=\"last next\"                                 | https://h/a",
        "<https://h/a>;REL=\"NEXT\"                                       | https://h/a",
        "</repositories/1/pulls?after=Y3Vyc29y>; rel=\"next\"             | https://api.github.com/repositories/1/pulls?after=Y3Vyc29y",
        "<https://h/a>; rel=\"prev\"                                      | -",
        "nonsense                                                         | -",
        "<https://h/a                                                     | -"
      })
  void theNextPageIsWhatTheHeaderSays(String header, URI next) {
    assertThat(LinkHeader.of(List.of(header), FROM).get("next")).isEqualTo(next);
  }

  @Test
  void severalHeadersAreOne() {
    LinkHeader links =
        LinkHeader.of(List.of("<https://h/1>; rel=\"prev\"", "<https://h/3>; rel=\"next\""), FROM);
    assertThat(links.get("next")).isEqualTo(URI.create("https://h/3"));
    assertThat(links.get("prev")).isEqualTo(URI.create("https://h/1"));
  }

  @Test
  void aLinkThatIsNoAddressIsNotTakenForTheEnd() {
    LinkHeader links = LinkHeader.of(List.of("<https://h/a b>; rel=\"next\""), FROM);
    assertThatThrownBy(() -> links.get("next")).isInstanceOf(PermanentFailureException.class);
  }

  @Test
  void aHostileHeaderIsReadInReasonableTime() {
    String header =
        "<" + "a".repeat(50_000) + ">;" + " rel".repeat(50_000) + "\"x\"".repeat(20_000);
    assertThat(LinkHeader.of(List.of(header), FROM).get("next")).isNull();
  }
}
