package dev.backfill.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.store.Transition;
import dev.backfill.core.manager.BackfillManager;
import org.junit.jupiter.api.Test;

/** The user whom the store names as the actor of a request. */
class EndpointActorTest {

  private static final String[] TARGET = {"sim", "one"};

  @Test
  void theAuthenticatedUserWinsOverTheNameInTheRequest() {
    TestApplication.runner()
        .withPropertyValues("backfill.manager.mode=manual", "backfill.include=none")
        .run(
            context -> {
              BackfillStore store = context.getBean(BackfillStore.class);
              BackfillManager manager = context.getBean(BackfillManager.class);
              BackfillEndpoint endpoint = new BackfillEndpoint(store, manager);
              manager.track("sim/one");
              endpoint.request(
                  TARGET, BackfillEndpoint.Action.PAUSE, "moving", "mallory", TestUser.of("ann"));
              endpoint.request(
                  TARGET, BackfillEndpoint.Action.RESUME, null, "bob", TestUser.of(null));
              endpoint.request(
                  TARGET, BackfillEndpoint.Action.CANCEL, null, null, TestUser.of(null));
              assertThat(store.progress().latestTransitions(store.progress().list().get(0).id(), 3))
                  .extracting(Transition::actor)
                  .containsExactly("actuator", "bob", "ann");
            });
  }
}
