/**
 * The auto-configuration of backfill for Spring Boot 3.5 and 4: properties, beans and their
 * customizers, the lifecycle, health and an actuator endpoint.
 *
 * <p>One jar serves both. It refers to types that Spring Boot 4 has moved by their names, and has
 * two configurations of health, of which one fits.
 */
@NullMarked
package dev.backfill.spring.boot;

import org.jspecify.annotations.NullMarked;
