package dev.backfill.jdbc;

class H2SchemaTest extends AbstractSchemaTest {

  @Override
  TestDatabase database() {
    return TestDatabase.h2();
  }
}
