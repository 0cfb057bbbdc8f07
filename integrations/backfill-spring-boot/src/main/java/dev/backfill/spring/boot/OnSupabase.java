package dev.backfill.spring.boot;

import dev.backfill.core.config.BackfillSettings;
import javax.sql.DataSource;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * The choice of a Supabase project over REST: by its property, or by the variable in an application
 * without a data source. The variable may be there for another purpose.
 */
final class OnSupabase extends SpringBootCondition implements ConfigurationCondition {

  static final String PROPERTY = "backfill.supabase.url";

  @Override
  public ConfigurationPhase getConfigurationPhase() {
    return ConfigurationPhase.REGISTER_BEAN;
  }

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    ConditionMessage.Builder message = ConditionMessage.forCondition("backfill over REST");
    Environment environment = context.getEnvironment();
    if (isSet(environment, PROPERTY)) {
      return ConditionOutcome.match(message.because(PROPERTY + " is set"));
    }
    if (!isSet(environment, BackfillSettings.SUPABASE_URL)) {
      return ConditionOutcome.noMatch(message.because("no Supabase project is set"));
    }
    return hasDataSource(context)
        ? ConditionOutcome.noMatch(message.because("the application has a DataSource"))
        : ConditionOutcome.match(message.because(BackfillSettings.SUPABASE_URL + " is set"));
  }

  private static boolean isSet(Environment environment, String name) {
    String value = environment.getProperty(name);
    return value != null && !value.isBlank();
  }

  private static boolean hasDataSource(ConditionContext context) {
    return context.getBeanFactory() != null
        && context.getBeanFactory().getBeanNamesForType(DataSource.class, true, false).length > 0;
  }
}
