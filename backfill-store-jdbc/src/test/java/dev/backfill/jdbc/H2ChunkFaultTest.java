package dev.backfill.jdbc;

class H2ChunkFaultTest extends AbstractChunkFaultTest {

  @Override
  TestDatabase database() {
    return TestDatabase.h2();
  }
}
