/** GitHub as a source: pull requests, reviews and comments over its REST API. */
@org.jspecify.annotations.NullMarked
module dev.backfill.github {
  requires transitive dev.backfill.api;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires java.net.http;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports dev.backfill.github;
}
