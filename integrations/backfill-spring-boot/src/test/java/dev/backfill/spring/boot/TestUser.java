package dev.backfill.spring.boot;

import java.security.Principal;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;

/**
 * The user of a request. Not nested in its test, whose nested classes JUnit loads also where there
 * is no actuator.
 *
 * @param name the name; null if the user is not authenticated
 */
record TestUser(@Nullable String name) implements SecurityContext {

  static SecurityContext of(@Nullable String name) {
    return new TestUser(name);
  }

  @Override
  public @Nullable Principal getPrincipal() {
    return name == null ? null : () -> name;
  }

  @Override
  public boolean isUserInRole(String role) {
    return false;
  }
}
