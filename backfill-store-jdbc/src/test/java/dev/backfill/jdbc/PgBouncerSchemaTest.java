package dev.backfill.jdbc;

class PgBouncerSchemaTest extends AbstractSchemaTest {

  @Override
  TestDatabase database() {
    return PgBouncerDatabase.create();
  }
}
