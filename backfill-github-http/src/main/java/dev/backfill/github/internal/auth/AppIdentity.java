package dev.backfill.github.internal.auth;

import org.jspecify.annotations.Nullable;

/**
 * A GitHub App with one of its installations.
 *
 * @param id its client id or number
 * @param key signs for it
 * @param installation the installation's number, or null to look for the only one
 */
public record AppIdentity(String id, AppKey key, @Nullable Long installation) {}
