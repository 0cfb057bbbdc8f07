package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.benchmarks.BenchmarkDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.item.ItemStreamReader;
import org.springframework.batch.infrastructure.item.ItemWriter;
import org.springframework.batch.infrastructure.item.database.JdbcBatchItemWriter;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;
import org.springframework.jdbc.support.JdbcTransactionManager;

/** Spring Batch: its chunk-oriented step, with its job repository in the same database. */
final class SpringBatchWriter implements Writer {

  private final BenchmarkDatabase.Kind kind;
  private final DataSource dataSource;
  private final JdbcTransactionManager transactions;
  private final JobRepository repository;

  SpringBatchWriter(BenchmarkDatabase.Kind kind, DataSource dataSource) throws Exception {
    this.kind = kind;
    this.dataSource = dataSource;
    String name = kind.name().toLowerCase(Locale.ROOT);
    ResourceDatabasePopulator schema = new ResourceDatabasePopulator();
    schema.setContinueOnError(true);
    schema.addScript(
        new ClassPathResource("org/springframework/batch/core/schema-drop-" + name + ".sql"));
    schema.addScript(
        new ClassPathResource("org/springframework/batch/core/schema-" + name + ".sql"));
    try (Connection connection = dataSource.getConnection()) {
      schema.populate(connection);
    }
    transactions = new JdbcTransactionManager(dataSource);
    JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
    factory.setDataSource(dataSource);
    factory.setTransactionManager(transactions);
    factory.afterPropertiesSet();
    repository = factory.getObject();
  }

  @Override
  public void store(List<PullRequest> items, int chunkSize) throws Exception {
    Step step =
        new StepBuilder("store", repository)
            .<PullRequest, PullRequest>chunk(chunkSize)
            .transactionManager(transactions)
            .reader(new Reader(items))
            .writer(writer())
            .build();
    Job job = new JobBuilder("benchmark", repository).start(step).build();
    JobParameters parameters =
        new JobParametersBuilder().addString("run", UUID.randomUUID().toString()).toJobParameters();
    JobExecution execution =
        repository.createJobExecution(
            repository.createJobInstance("benchmark", parameters),
            parameters,
            new ExecutionContext());
    job.execute(execution);
    if (execution.getStatus() != BatchStatus.COMPLETED) {
      throw new IllegalStateException(
          "the job ended with "
              + execution.getStatus()
              + " "
              + execution.getAllFailureExceptions());
    }
  }

  private ItemWriter<PullRequest> writer() {
    JdbcBatchItemWriter<Account> accounts = table(Rows.upsertAccounts(kind), Rows::bind);
    JdbcBatchItemWriter<Repository> repositories = table(Rows.upsertRepositories(kind), Rows::bind);
    JdbcBatchItemWriter<PullRequest> pullRequests =
        table(Rows.upsertPullRequests(kind), Rows::bind);
    return chunk -> {
      accounts.write(new Chunk<>(Rows.accounts(chunk.getItems())));
      repositories.write(new Chunk<>(Rows.repositories(chunk.getItems())));
      pullRequests.write(chunk);
    };
  }

  private <T> JdbcBatchItemWriter<T> table(String sql, Binding<T> binding) {
    JdbcBatchItemWriter<T> writer = new JdbcBatchItemWriter<>();
    writer.setDataSource(dataSource);
    writer.setSql(sql);
    // An account that is already stored is no update.
    writer.setAssertUpdates(false);
    writer.setItemPreparedStatementSetter((item, statement) -> binding.bind(statement, item));
    writer.afterPropertiesSet();
    return writer;
  }

  private interface Binding<T> {

    void bind(PreparedStatement statement, T item) throws SQLException;
  }

  /** A reader from memory that saves its position, as a restart needs it. */
  private static final class Reader implements ItemStreamReader<PullRequest> {

    private final List<PullRequest> items;
    private int next;

    Reader(List<PullRequest> items) {
      this.items = items;
    }

    @Override
    public void open(ExecutionContext context) {
      next = context.getInt("next", 0);
    }

    @Override
    public void update(ExecutionContext context) {
      context.putInt("next", next);
    }

    @Override
    public @Nullable PullRequest read() {
      return next < items.size() ? items.get(next++) : null;
    }
  }
}
