package dev.backfill.cli;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands, and hands those that ask for it the way in which they were started. */
final class CommandFactory implements IFactory {

  private final IFactory standard = CommandLine.defaultFactory();
  private final Invocation invocation;

  CommandFactory(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public <K> K create(Class<K> type) throws Exception {
    return type == RunCommand.class ? type.cast(new RunCommand(invocation)) : standard.create(type);
  }
}
