package dev.backfill.spring.boot;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.util.ClassUtils;

/** The choice of the host's data source. */
final class HostDataSource {

  private static final boolean SPRING_JDBC =
      ClassUtils.isPresent(
          "org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy",
          HostDataSource.class.getClassLoader());

  private HostDataSource() {}

  /**
   * Returns the marked data source, or the only or primary one, in the form whose transactions are
   * the store's own.
   *
   * @throws InvalidConfigurationException if there is none, or several and none is chosen
   */
  static DataSource choose(
      ObjectProvider<DataSource> marked,
      ObjectProvider<DataSource> all,
      ListableBeanFactory beans) {
    DataSource chosen = marked.getIfAvailable();
    if (chosen == null) {
      chosen = all.getIfUnique();
    }
    if (chosen == null) {
      throw nothingChosen(Arrays.asList(beans.getBeanNamesForType(DataSource.class, true, false)));
    }
    return SPRING_JDBC ? Proxies.target(chosen) : chosen;
  }

  private static InvalidConfigurationException nothingChosen(List<String> names) {
    if (names.isEmpty()) {
      return new InvalidConfigurationException(
          "The application has no DataSource, and no BackfillStore of its own. Nothing was started."
              + " Set spring.datasource.url, define a DataSource bean, or set"
              + " backfill.enabled=false.");
    }
    return new InvalidConfigurationException(
        "The application has several DataSources ("
            + String.join(", ", names)
            + "), and none is chosen for backfill. Nothing was started. Annotate one of the beans"
            + " with @BackfillDataSource, or mark one as primary.");
  }

  /** What needs spring-jdbc. */
  private static final class Proxies {

    /** Returns the data source below the last proxy that would join the host's transaction. */
    static DataSource target(DataSource source) {
      DataSource result = source;
      @Nullable DataSource each = source;
      while (each instanceof DelegatingDataSource proxy) {
        each = proxy.getTargetDataSource();
        if (proxy instanceof TransactionAwareDataSourceProxy && each != null) {
          result = each;
        }
      }
      return result;
    }
  }
}
