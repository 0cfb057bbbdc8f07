package dev.backfill.cli.command;

import dev.backfill.cli.option.Invocation;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Factory of commands; passes the invocation to the constructors that take one. */
final class CommandFactory implements IFactory {

  private final IFactory standard = CommandLine.defaultFactory();
  private final Invocation invocation;

  CommandFactory(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    if (type == RunCommand.class) {
      return type.cast(new RunCommand(invocation));
    }
    if (type == WorkerCommand.class) {
      return type.cast(new WorkerCommand(invocation));
    }
    if (type == QuarantineCommand.ListItems.class) {
      return type.cast(new QuarantineCommand.ListItems(invocation));
    }
    if (type == QuarantineCommand.Retry.class) {
      return type.cast(new QuarantineCommand.Retry(invocation));
    }
    return standard.create(type);
  }
}
