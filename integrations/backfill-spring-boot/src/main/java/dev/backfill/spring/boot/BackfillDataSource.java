package dev.backfill.spring.boot;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.beans.factory.annotation.Qualifier;

/**
 * The mark of the data source that backfill uses, in an application with several. Without it,
 * backfill uses the only one, or the primary one.
 *
 * <p>A bean for backfill alone should not be the candidate of other beans:
 * {@code @Bean(defaultCandidate = false)}.
 */
@Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Qualifier public @interface BackfillDataSource {}
