/** An open repository: its number, its features, shared resources, pages ahead. */
@NullMarked
package dev.backfill.github.internal.repository;

import org.jspecify.annotations.NullMarked;
